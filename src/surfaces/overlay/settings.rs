//! How the pill looks and where it stands. All of it can change while it is on.

use serde::{Deserialize, Serialize};

/// Where the pill stands on its monitor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Corner {
    /// In the upper left corner.
    TopLeft,
    /// In the middle of the upper edge, below most cameras.
    #[default]
    Top,
    /// In the upper right corner.
    TopRight,
    /// In the lower left corner.
    BottomLeft,
    /// In the middle of the lower edge.
    Bottom,
    /// In the lower right corner.
    BottomRight,
}

impl Corner {
    /// Whether it hangs from the upper edge.
    pub const fn is_top(self) -> bool {
        matches!(self, Self::TopLeft | Self::Top | Self::TopRight)
    }

    /// Where the pill stands in its room, from the left: 0, a half or 1.
    pub const fn share(self) -> f32 {
        match self {
            Self::TopLeft | Self::BottomLeft => 0.0,
            Self::Top | Self::Bottom => 0.5,
            Self::TopRight | Self::BottomRight => 1.0,
        }
    }
}

/// How large everything is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum Scale {
    /// As the desktop says.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// 100 %.
    #[serde(rename = "100")]
    Full,
    /// 125 %.
    #[serde(rename = "125")]
    Quarter,
    /// 150 %.
    #[serde(rename = "150")]
    Half,
    /// 175 %.
    #[serde(rename = "175")]
    ThreeQuarters,
    /// 200 %.
    #[serde(rename = "200")]
    Double,
    /// 250 %.
    #[serde(rename = "250")]
    DoubleHalf,
    /// 300 %.
    #[serde(rename = "300")]
    Triple,
}

impl Scale {
    /// The factor; none where the desktop says it.
    pub const fn factor(self) -> Option<f32> {
        match self {
            Self::Auto => None,
            Self::Full => Some(1.0),
            Self::Quarter => Some(1.25),
            Self::Half => Some(1.5),
            Self::ThreeQuarters => Some(1.75),
            Self::Double => Some(2.0),
            Self::DoubleHalf => Some(2.5),
            Self::Triple => Some(3.0),
        }
    }
}

/// Light on dark or dark on light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// A dark pill.
    #[default]
    Dark,
    /// A light pill.
    Light,
}

/// Whether anything moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Motion {
    /// The pill widens and narrows.
    #[default]
    Full,
    /// It is wide at once, and narrow at once.
    Reduced,
}

/// Which window system is spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// Wayland with layer-shell, else X11 or XWayland.
    #[default]
    Auto,
    /// Wayland alone.
    Wayland,
    /// X11 or XWayland alone.
    X11,
}

/// Place and look.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Where on the monitor.
    pub corner: Corner,
    /// Name of the monitor, as the window system has it; the main one where it is
    /// empty or no such monitor is there.
    pub monitor: String,
    /// Distance from the edge to the side, logical pixels, 0 to 2000.
    pub offset_x: u32,
    /// Distance from the upper or lower edge, logical pixels, 0 to 2000.
    pub offset_y: u32,
    /// How large.
    pub scale: Scale,
    /// 0.4 to 1: less lets the window below shine through.
    pub opacity: f32,
    /// Light or dark.
    pub theme: Theme,
    /// Whether it moves.
    pub motion: Motion,
    /// Whether pace and level are shown beside the dot.
    pub meters: bool,
}

/// Distance from the edge: clear of most panels' shadows.
const OFFSET: u32 = 10;

impl Default for Look {
    fn default() -> Self {
        Self {
            corner: Corner::default(),
            monitor: String::new(),
            offset_x: OFFSET,
            offset_y: OFFSET,
            scale: Scale::default(),
            opacity: 1.0,
            theme: Theme::default(),
            motion: Motion::default(),
            meters: false,
        }
    }
}
