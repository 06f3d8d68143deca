//! Which programs make calls. What a sound server tells of a program is put
//! against the list of softphones and what the person said about it; a program
//! that nobody judged never counts.

/// A program that holds a side of the headset open, as a sound server shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holder {
    /// Its process; of a sandboxed program the number inside the sandbox.
    pub pid: u32,
    /// What it calls itself; may be empty.
    pub name: String,
    /// The file that it runs; may be empty.
    pub binary: String,
    /// Whether it records from the microphone just now.
    pub microphone: bool,
    /// Whether it plays into the headset just now.
    pub headset: bool,
}

impl Holder {
    /// Whether it holds both sides.
    pub const fn holds_both(&self) -> bool {
        self.microphone && self.headset
    }

    /// The program as people know it.
    pub fn program(&self) -> Program {
        Program { pid: self.pid, name: self.label().to_owned() }
    }

    /// Whether both are the same process. The name is left out: a program may
    /// name each of its streams differently.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.pid == other.pid && self.binary == other.binary
    }

    /// The binary, which stays the same; but where that only carries the
    /// program, the name it gives itself.
    fn label(&self) -> &str {
        let carried = self.binary.is_empty() || CARRIERS.iter().any(|c| matches(c, &self.binary));
        if carried && !self.name.is_empty() { &self.name } else { &self.binary }
    }

    fn matches(&self, pattern: &str) -> bool {
        matches(pattern, &self.name) || matches(pattern, &self.binary)
    }
}

/// A program, as it is named to the person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Program {
    /// Its process.
    pub pid: u32,
    /// What `evenkeel calls allow` and `never` take.
    pub name: String,
}

/// What the person said about a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The program's name, with `*`, without case.
    pub name: String,
    /// Whether its calls count.
    pub allowed: bool,
}

/// What a program is to the detection of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Its calls count.
    Counts,
    /// Nobody has judged it: never captured, told once.
    Unknown,
    /// A browser, and browsers were not asked for: never captured, not told.
    Browser,
    /// The person said no.
    Never,
}

/// Programs that run others: their own name says nothing about a call.
/// `pipewire` stands for clients that tell PipeWire's PulseAudio server no binary.
const CARRIERS: [&str; 8] =
    ["pipewire*", "wine*", "python*", "java", "javaw", "electron*", "node", "flatpak*"];

/// Browsers by binary and by the name they give their streams.
const BROWSERS: [&str; 22] = [
    "firefox*",
    "mozilla firefox",
    "librewolf*",
    "waterfox*",
    "floorp*",
    "zen-bin",
    "chrome*",
    "chromium*",
    "google-chrome*",
    "google chrome*",
    "msedge*",
    "microsoft-edge*",
    "microsoft edge*",
    "brave*",
    "opera*",
    "vivaldi*",
    "epiphany*",
    "webkitwebprocess",
    "falkon",
    "konqueror",
    "qutebrowser",
    "midori",
];

/// Judges one program. A "never" wins over everything; what was allowed by
/// hand needs no list.
pub(super) fn judge(holder: &Holder, softphones: &[String], browsers: bool, said: &[Verdict]) -> Standing {
    let named = |allowed: bool| {
        said.iter()
            .any(|v| v.allowed == allowed && (holder.matches(&v.name) || matches(&v.name, holder.label())))
    };
    if named(false) {
        Standing::Never
    } else if named(true) || softphones.iter().any(|s| holder.matches(s)) {
        Standing::Counts
    } else if !BROWSERS.iter().any(|b| holder.matches(b)) {
        Standing::Unknown
    } else if browsers {
        Standing::Counts
    } else {
        Standing::Browser
    }
}

/// Whether `text` is what `pattern` describes: `*` stands for anything, the
/// case of letters does not count, and nothing matches an empty text.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() && !text.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    !text.is_empty() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(name: &str, binary: &str) -> Holder {
        Holder { pid: 7, name: name.into(), binary: binary.into(), microphone: true, headset: true }
    }

    fn standing(holder: &Holder, browsers: bool, said: &[Verdict]) -> Standing {
        judge(holder, &["baresip".into(), "linphone*".into()], browsers, said)
    }

    fn says(name: &str, allowed: bool) -> Verdict {
        Verdict { name: name.into(), allowed }
    }

    #[test]
    fn a_star_stands_for_anything_and_case_does_not_count() {
        for (pattern, text) in
            [("linphone*", "Linphonec"), ("*[zoip*]", "ALSA [Zoiper]"), ("a*a", "aa"), ("*", "x")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("baresip", "baresip2"), ("a*a", "a"), ("*", ""), ("", ""), ("b*c*d", "bdc")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn softphones_on_the_list_count_by_name_or_binary() {
        assert_eq!(standing(&holder("ALSA plug-in [baresip]", "baresip"), false, &[]), Standing::Counts);
        assert_eq!(standing(&holder("Linphone", "pipewire"), false, &[]), Standing::Counts);
        assert_eq!(standing(&holder("Zoom", "zoom"), false, &[]), Standing::Unknown);
    }

    #[test]
    fn browsers_count_only_where_they_were_asked_for() {
        let browser = holder("Firefox", "firefox-esr");
        assert_eq!(standing(&browser, false, &[]), Standing::Browser);
        assert_eq!(standing(&browser, true, &[]), Standing::Counts);
        assert_eq!(standing(&browser, false, &[says("firefox*", true)]), Standing::Counts);
        assert_eq!(standing(&browser, true, &[says("firefox-esr", false)]), Standing::Never);
    }

    #[test]
    fn a_never_wins_over_the_list_and_over_an_allow() {
        let phone = holder("", "baresip");
        assert_eq!(standing(&phone, false, &[says("BARESIP", false)]), Standing::Never);
        assert_eq!(
            standing(&phone, false, &[says("baresip", true), says("baresip", false)]),
            Standing::Never
        );
    }

    #[test]
    fn a_program_that_another_carries_goes_by_its_own_name() {
        assert_eq!(holder("MicroSIP.exe", "wine64-preloader").program().name, "MicroSIP.exe");
        assert_eq!(holder("callwatch", "pipewire").program().name, "callwatch");
        assert_eq!(holder("ALSA plug-in [baresip]", "baresip").program().name, "baresip");
        assert_eq!(holder("", "python3").program().name, "python3");
    }

    #[test]
    fn what_was_allowed_by_its_shown_name_counts() {
        let odd = holder("Odd Phone", "python3");
        let name = odd.program().name;
        assert_eq!(standing(&odd, false, &[says(&name, true)]), Standing::Counts);
    }
}
