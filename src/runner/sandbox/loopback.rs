//! The one network that a suite has which may have no other.

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with};

/// `RTM_NEWLINK`, which changes one that is there.
const CHANGE_LINK: u16 = 16;
/// `NLM_F_REQUEST | NLM_F_ACK`
const ASK: u16 = 0x1 | 0x4;
/// `NLMSG_ERROR`, which an acknowledgement is as well: the error 0.
const ANSWER: u16 = 2;
/// The loopback's number in a network of its own.
const LOOPBACK: i32 = 1;
/// `IFF_UP`
const UP: u32 = 1;

/// Lets the loopback of this process's own network be used.
pub(super) fn up() -> std::io::Result<()> {
    // The first of the protocols, which is about links and routes.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    send(&socket, &request(), SendFlags::empty())?;
    let mut answer = [0; 64];
    let (length, _) = recv(&socket, &mut answer[..], RecvFlags::empty())?;
    match answer.get(..length).and_then(errno) {
        Some(0) => Ok(()),
        Some(error) => Err(std::io::Error::from_raw_os_error(error.saturating_neg())),
        None => Err(std::io::Error::other("the kernel's answer can't be read")),
    }
}

/// A message's header (`nlmsghdr`) and what is to change (`ifinfomsg`).
fn request() -> Vec<u8> {
    let change = [
        &[0; 4][..], // any family, any type
        &LOOPBACK.to_ne_bytes(),
        &UP.to_ne_bytes(), // how it shall be
        &UP.to_ne_bytes(), // which of that is meant
    ]
    .concat();
    let length = u32::try_from(change.len() + 16).unwrap_or_default();
    let (number, sender) = ([0; 4], [0; 4]);
    [&length.to_ne_bytes()[..], &CHANGE_LINK.to_ne_bytes(), &ASK.to_ne_bytes(), &number, &sender, &change].concat()
}

/// The error of an answer, negative; 0: none.
fn errno(answer: &[u8]) -> Option<i32> {
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    let error = i32::from_ne_bytes(answer.get(16..20)?.try_into().ok()?);
    (kind == ANSWER).then_some(error)
}
