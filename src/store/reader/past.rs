//! What earlier calls of an agent left behind: what is normal on this device,
//! and what was said of nudges.

use crate::core::event::{KINDS, Kind, Normal};
use crate::core::measures::history::{self, CALLS, CallNormal, Earned};
use crate::core::pipeline::Past;
use crate::store::call::{Devices, Said};
use crate::store::error::at;
use crate::store::reader::Reader;
use crate::store::{StoreError, codec, names};

/// What multiplies the threshold of a kind for each time it was called wrong:
/// the same as within a call.
const WRONG: f32 = 1.15;
/// It is forgotten after so many calls of the agent.
const REMEMBERED: u32 = 20;

/// What is known of an agent, and from how much.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// Calls that it rests on.
    pub calls: usize,
    /// Own speech in them, s.
    pub seconds: f32,
    /// What is normal, once it is earned.
    pub earned: Option<Earned>,
}

impl Reader {
    /// Every agent with devices and softphone of whom something is remembered;
    /// those of whom only what they said of nudges is have empty devices.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn known(&self) -> Result<Vec<(String, Devices, String)>, StoreError> {
        let sql = "SELECT agent, microphone, headset, profile FROM baselines
                   UNION SELECT agent, '', '', '' FROM feedback";
        self.all(sql, vec![], |row| {
            let devices = Devices { microphone: row.get(1)?, headset: row.get(2)? };
            Ok((row.get(0)?, devices, row.get(3)?))
        })
    }

    /// What a new call of this agent, on these devices, in this softphone
    /// begins with.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn past(&self, agent: &str, devices: &Devices, profile: &str) -> Result<Past, StoreError> {
        let normal = self.heard(agent, devices, profile)?.earned.map(|earned| earned.normal);
        Ok(Past { normal, strictness: self.strictness(agent)?, background: None })
    }

    /// What is known of this agent on these devices.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn heard(&self, agent: &str, devices: &Devices, profile: &str) -> Result<Heard, StoreError> {
        let Devices { microphone, headset } = devices;
        let sql = "SELECT seconds, body FROM baselines
                   WHERE agent = ?1 AND microphone = ?2 AND headset = ?3 AND profile = ?4
                   ORDER BY began_ms DESC, id DESC LIMIT ?5";
        let newest = CALLS as i64;
        let values = vec![
            agent.to_owned().into(),
            microphone.clone().into(),
            headset.clone().into(),
            profile.to_owned().into(),
            newest.into(),
        ];
        let rows = self.all(sql, values, |row| Ok((row.get::<_, f64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        // What another version wrote and this one cannot read is as if it were
        // not there: it is earned anew.
        let mut calls: Vec<CallNormal> = rows
            .into_iter()
            .filter_map(|(seconds, body)| {
                let normal: Normal = codec::unblob(&body).ok()?;
                Some(CallNormal { normal, seconds: seconds as f32 })
            })
            .collect();
        // The newest stands last.
        calls.reverse();
        let seconds = calls.iter().map(|call| call.seconds).sum();
        Ok(Heard { calls: calls.len(), seconds, earned: history::earned(&calls) })
    }

    /// What multiplies the threshold of each kind, from the agent's last calls.
    fn strictness(&self, agent: &str) -> Result<[f32; KINDS], StoreError> {
        let mut out = [1.0; KINDS];
        for kind in Kind::ALL {
            let wrong = self.wrong(agent, kind).map_err(at(&self.path))?;
            out[kind as usize] = (0..wrong).fold(1.0, |so_far, _| so_far * WRONG);
        }
        Ok(out)
    }

    /// How often a kind was called wrong in, or since, the agent's last calls.
    fn wrong(&self, agent: &str, kind: Kind) -> rusqlite::Result<u32> {
        let sql = "SELECT count(*) FROM feedback WHERE agent = ?1 AND what = ?2 AND nudge = ?3 AND
                   coalesce((SELECT min(began_ms) FROM (SELECT began_ms FROM calls WHERE agent = ?1
                       ORDER BY began_ms DESC LIMIT ?4)), at_ms) <= at_ms";
        let values = (agent, Said::Wrong.word(), names::nudge(kind), REMEMBERED);
        self.db.prepare_cached(sql)?.query_row(values, |row| row.get(0))
    }
}
