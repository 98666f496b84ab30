"""The operating system's complaints in Chinese, by their number: its own words are English, or the machine's."""

import errno
import socket

_WORDS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "系统不许这样做",
    errno.EEXIST: "已经有了",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "符号链接绕成了圈",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额用完了",
    errno.EFBIG: "文件太大",
    errno.EROFS: "文件系统只读",
    errno.EIO: "读写磁盘出错",
    errno.ESTALE: "网络盘断开了",
    errno.EBUSY: "正被占用",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENOMEM: "内存不足",
    errno.EADDRINUSE: "地址已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ECONNREFUSED: "对方拒绝连接",
    errno.ECONNRESET: "连接被断开",
    errno.EPIPE: "连接被断开",
    errno.EHOSTUNREACH: "到不了对方的主机",
    errno.ENETUNREACH: "网络不通",
    errno.ETIMEDOUT: "对方没有答复",
}


def in_words(error: OSError) -> str:
    """What the system says, in words; its own code (`EINVAL`) where that has none here."""
    if isinstance(error, socket.gaierror):
        return "没有这个主机名"
    if isinstance(error, TimeoutError):
        return _WORDS[errno.ETIMEDOUT]
    if error.errno in _WORDS:
        return _WORDS[error.errno]
    return errno.errorcode.get(error.errno or 0, type(error).__name__)
