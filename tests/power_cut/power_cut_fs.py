#!/usr/bin/env python3
"""A file system in memory whose power can be cut. What was not synced is gone, as on a disk.

    power_cut_fs.py MOUNTPOINT --durable FOLDER [--start FOLDER] [--names strict|kept] [--strays SEED] [--deaf]

It speaks the kernel's FUSE protocol itself (linux/fuse.h), so it needs /dev/fuse and Python, and no library. It begins as
the folder `--start`, all of which counts as durable. A look-up of the name `.power-cut` in its root cuts the power between
two operations: the folder `--durable` gets what a disk would hold now, and the process ends without another answer.

What a disk holds:
- of a file, its pages and its length as they were at the last fsync or fdatasync of it;
- of a folder, its names as they were at the last fsync of it (`--names strict`, what POSIX promises at least), or as they
  are now (`--names kept`, for file systems that write names in order);
- with `--strays`, by the throw of a die, also pages, lengths and names that were not synced: a disk may write more than it
  was told to, in any order.
With `--deaf` a sync is answered and not done: a store on it must be seen to lose what it has acknowledged.
"""

import argparse
import ctypes
import errno
import json
import os
import random
import socket
import stat
import struct
import subprocess
import sys

PAGE = 4096
ZEROS = bytes(PAGE)
MAX_WRITE = 128 * 1024
ROOT = 1
FOR_EVER = 1 << 30

# Operations, by their numbers in linux/fuse.h.
LOOKUP, FORGET, GETATTR, SETATTR, MKDIR, UNLINK, RMDIR, RENAME = 1, 2, 3, 4, 9, 10, 11, 12
OPEN, READ, WRITE, STATFS, RELEASE, FSYNC, FLUSH, INIT = 14, 15, 16, 17, 18, 20, 25, 26
OPENDIR, READDIR, RELEASEDIR, FSYNCDIR, ACCESS, CREATE, INTERRUPT, DESTROY = 27, 28, 29, 30, 34, 35, 36, 38
BATCH_FORGET, RENAME2 = 42, 45
WITHOUT_ANSWER = {FORGET, BATCH_FORGET, INTERRUPT}
FLAG_BIG_WRITES, FLAG_MAX_PAGES = 1 << 5, 1 << 22
SETATTR_MODE = 1
SETATTR_SIZE = 1 << 3
SYNC_DATA_ONLY = 1


class Refused(Exception):
    """An operation that is answered with an error number."""


class File:
    """Pages as they are, and as the disk has them. A page that is missing is zeros."""

    def __init__(self, permissions=0o644):
        self.permissions = permissions
        self.pages, self.size = {}, 0
        self.durable_pages, self.durable_size = {}, 0
        self.dirty = set()

    def read(self, offset, count):
        end = min(offset + count, self.size)
        if end <= offset:
            return b""
        first, last = offset // PAGE, (end - 1) // PAGE
        whole = b"".join([self.pages.get(index, ZEROS) for index in range(first, last + 1)])
        return whole[offset - first * PAGE : end - first * PAGE]

    def write(self, offset, data):
        at, end = offset, offset + len(data)
        while at < end:
            index, begin = divmod(at, PAGE)
            count = min(PAGE - begin, end - at)
            new = bytes(data[at - offset : at - offset + count])
            if count < PAGE:
                old = self.pages.get(index, ZEROS)
                new = old[:begin] + new + old[begin + count :]
            self.pages[index] = new
            self.dirty.add(index)
            at += count
        self.size = max(self.size, end)

    def truncate(self, size):
        kept, rest = divmod(size, PAGE)
        for index in [index for index in self.pages if index > kept or (index == kept and rest == 0)]:
            del self.pages[index]
            self.dirty.add(index)
        if size < self.size and kept in self.pages:
            self.pages[kept] = self.pages[kept][:rest] + ZEROS[rest:]
            self.dirty.add(kept)
        self.size = size

    def sync(self, indexes=None):
        for index in self.dirty if indexes is None else indexes:
            if index in self.pages:
                self.durable_pages[index] = self.pages[index]
            else:
                self.durable_pages.pop(index, None)
        if indexes is None:
            self.durable_size = self.size
            self.dirty.clear()


class Folder:
    """Names as they are, and as the disk has them."""

    def __init__(self, permissions=0o755):
        self.permissions = permissions
        self.names, self.durable_names = {}, {}


class PowerCut:
    """The file system."""

    def __init__(self, options):
        self.options = options
        self.nodes = {ROOT: Folder()}
        self.next = ROOT + 1
        self.counts = dict.fromkeys(["writes", "fsyncs", "fdatasyncs", "folder_syncs"], 0)
        if options.start:
            self.load(options.start, self.nodes[ROOT])

    # -- what lies where ---------------------------------------------------------------------------------------------

    def add(self, node):
        number, self.next = self.next, self.next + 1
        self.nodes[number] = node
        return number

    def load(self, path, folder):
        for entry in os.scandir(path):
            permissions = stat.S_IMODE(entry.stat(follow_symlinks=False).st_mode)
            node = Folder(permissions) if entry.is_dir(follow_symlinks=False) else File(permissions)
            folder.names[entry.name] = folder.durable_names[entry.name] = self.add(node)
            if isinstance(node, Folder):
                self.load(entry.path, node)
            else:
                load_file(entry.path, node)

    def folder(self, number):
        node = self.nodes.get(number)
        if not isinstance(node, Folder):
            raise Refused(errno.ENOTDIR)
        return node

    def file(self, number):
        node = self.nodes.get(number)
        if not isinstance(node, File):
            raise Refused(errno.EISDIR)
        return node

    def child(self, parent, name):
        number = self.folder(parent).names.get(name)
        if number is None:
            raise Refused(errno.ENOENT)
        return number

    # -- the end -----------------------------------------------------------------------------------------------------

    def cut(self):
        die = random.Random(self.options.strays) if self.options.strays is not None else None
        dropped = {"pages": 0, "names": 0}
        for node in self.nodes.values():
            if isinstance(node, Folder):
                kept = self.options.names == "kept" or (die and die.random() < 0.5)
                dropped["names"] += 0 if kept else len(node.names.items() ^ node.durable_names.items())
                node.durable_names = dict(node.names) if kept else node.durable_names
            else:
                strays = [index for index in sorted(node.dirty) if die and die.random() < 0.5]
                node.sync(strays)
                dropped["pages"] += len(node.dirty) - len(strays)
                if die and die.random() < 0.5:
                    node.durable_size = node.size
        self.save(self.options.durable, self.nodes[ROOT])
        print(json.dumps({"cut": {**self.counts, "dropped": dropped}}), flush=True)
        os._exit(0)

    def save(self, path, folder):
        os.makedirs(path)
        for name, number in folder.durable_names.items():
            node, below = self.nodes[number], os.path.join(path, name)
            if isinstance(node, Folder):
                self.save(below, node)
            else:
                save_file(below, node)
            # Who may read a key is durable with the file itself.
            os.chmod(below, node.permissions)

    # -- the operations ----------------------------------------------------------------------------------------------

    def lookup(self, parent, body):
        name = text(body)
        if parent == ROOT and name == ".power-cut":
            self.cut()
        return self.entry(self.child(parent, name))

    def getattr(self, number, _):
        return struct.pack("<QII", FOR_EVER, 0, 0) + self.attributes(number)

    def setattr(self, number, body):
        valid, _, _, size = struct.unpack_from("<IIQQ", body)
        if valid & SETATTR_SIZE:
            self.file(number).truncate(size)
        if valid & SETATTR_MODE:
            (mode,) = struct.unpack_from("<I", body, 68)
            self.nodes[number].permissions = stat.S_IMODE(mode)
        return self.getattr(number, None)

    def mkdir(self, parent, body):
        (mode,) = struct.unpack_from("<I", body)
        return self.entry(self.create_node(parent, text(body[8:]), Folder(stat.S_IMODE(mode))))

    def create(self, parent, body):
        (mode,) = struct.unpack_from("<I", body, 4)
        created = self.create_node(parent, text(body[16:]), File(stat.S_IMODE(mode)))
        return self.entry(created) + struct.pack("<QII", 0, 0, 0)

    def create_node(self, parent, name, node):
        names = self.folder(parent).names
        if name in names:
            raise Refused(errno.EEXIST)
        names[name] = self.add(node)
        return names[name]

    def unlink(self, parent, body):
        self.file(self.child(parent, text(body)))
        del self.folder(parent).names[text(body)]
        return b""

    def rmdir(self, parent, body):
        if self.folder(self.child(parent, text(body))).names:
            raise Refused(errno.ENOTEMPTY)
        del self.folder(parent).names[text(body)]
        return b""

    def rename(self, parent, body):
        (target,) = struct.unpack_from("<Q", body)
        return self.move(parent, target, body[8:])

    def rename2(self, parent, body):
        target, flags = struct.unpack_from("<QI", body)
        if flags:
            raise Refused(errno.EINVAL)
        return self.move(parent, target, body[16:])

    def move(self, parent, target, names):
        old, new = bytes(names).rstrip(b"\0").decode().split("\0")
        moved, there = self.child(parent, old), self.folder(target).names.get(new)
        if there is not None and isinstance(self.nodes[there], Folder):
            if self.nodes[there].names:
                raise Refused(errno.ENOTEMPTY)
        del self.folder(parent).names[old]
        self.folder(target).names[new] = moved
        return b""

    def open(self, _number, _body):
        return struct.pack("<QII", 0, 0, 0)

    def read(self, number, body):
        _, offset, count = struct.unpack_from("<QQI", body)
        return self.file(number).read(offset, count)

    def write(self, number, body):
        _, offset, count = struct.unpack_from("<QQI", body)
        self.counts["writes"] += 1
        self.file(number).write(offset, body[40 : 40 + count])
        return struct.pack("<II", count, 0)

    def fsync(self, number, body):
        _, flags = struct.unpack_from("<QI", body)
        self.counts["fdatasyncs" if flags & SYNC_DATA_ONLY else "fsyncs"] += 1
        if not self.options.deaf:
            # fdatasync, too, makes the length durable: without it the data could not be read.
            self.file(number).sync()
        return b""

    def fsyncdir(self, number, _):
        self.counts["folder_syncs"] += 1
        folder = self.folder(number)
        if not self.options.deaf:
            folder.durable_names = dict(folder.names)
        return b""

    def readdir(self, number, body):
        _, offset, count = struct.unpack_from("<QQI", body)
        listed = [(".", number), ("..", ROOT), *self.folder(number).names.items()]
        answer = b""
        for index, (name, child) in enumerate(listed[offset:], offset + 1):
            encoded = name.encode()
            kind = stat.S_IFMT(self.mode(child)) >> 12
            entry = struct.pack("<QQII", child, index, len(encoded), kind) + encoded
            entry += bytes(-len(entry) % 8)
            if len(answer) + len(entry) > count:
                break
            answer += entry
        return answer

    def statfs(self, _number, _body):
        free = 1 << 20
        return struct.pack("<QQQQQIIII24x", free, free, free, free, free, PAGE, 255, PAGE, 0)

    def nothing(self, _number, _body):
        return b""

    def init(self, _number, body):
        (major, minor, readahead, offered) = struct.unpack_from("<IIII", body)
        if major != 7 or minor < 31:
            sys.exit(f"power_cut_fs: the kernel speaks FUSE {major}.{minor}, this speaks 7.31")
        flags = offered & (FLAG_BIG_WRITES | FLAG_MAX_PAGES)
        pages = MAX_WRITE // PAGE
        return struct.pack("<IIIIHHIIHH32x", 7, 31, readahead, flags, 0, 0, MAX_WRITE, 1, pages, 0)

    # -- answers -----------------------------------------------------------------------------------------------------

    def mode(self, number):
        node = self.nodes[number]
        return (stat.S_IFDIR if isinstance(node, Folder) else stat.S_IFREG) | node.permissions

    def attributes(self, number):
        node = self.nodes[number]
        size = node.size if isinstance(node, File) else 0
        blocks = 8 * len(node.pages) if isinstance(node, File) else 0
        who = (os.getuid(), os.getgid())
        return struct.pack("<6Q10I", number, size, blocks, 0, 0, 0, 0, 0, 0, self.mode(number), 1, *who, 0, PAGE, 0)

    def entry(self, number):
        return struct.pack("<QQQQII", number, 0, FOR_EVER, FOR_EVER, 0, 0) + self.attributes(number)

    def serve(self, device):
        operations = {
            LOOKUP: self.lookup, GETATTR: self.getattr, SETATTR: self.setattr, MKDIR: self.mkdir, UNLINK: self.unlink,
            RMDIR: self.rmdir, RENAME: self.rename, RENAME2: self.rename2, OPEN: self.open, READ: self.read,
            WRITE: self.write, STATFS: self.statfs, RELEASE: self.nothing, FSYNC: self.fsync, FLUSH: self.nothing,
            INIT: self.init, OPENDIR: self.open, READDIR: self.readdir, RELEASEDIR: self.nothing,
            FSYNCDIR: self.fsyncdir, ACCESS: self.nothing, CREATE: self.create, DESTROY: self.nothing,
        }  # fmt: skip
        buffer = bytearray(MAX_WRITE + 8192)
        view = memoryview(buffer)
        while True:
            try:
                length = os.readv(device, [buffer])
            except OSError as error:
                if error.errno == errno.ENODEV:
                    return
                if error.errno in (errno.EINTR, errno.ENOENT, errno.EAGAIN):
                    continue
                raise
            _, operation, unique, number = struct.unpack_from("<IIQQ", buffer)
            if operation in WITHOUT_ANSWER:
                continue
            try:
                answer, failure = operations[operation](number, view[40:length]), 0
            except Refused as refused:
                answer, failure = b"", refused.args[0]
            except KeyError:
                answer, failure = b"", errno.ENOSYS
            try:
                os.writev(device, [struct.pack("<IiQ", 16 + len(answer), -failure, unique), answer])
            except FileNotFoundError:
                pass  # Who asked was killed meanwhile.


def text(body):
    return bytes(body).rstrip(b"\0").decode()


def load_file(path, node):
    """Holes stay holes: a journal is made with its full length."""
    with open(path, "rb", buffering=0) as source:
        size, at = os.fstat(source.fileno()).st_size, 0
        while at < size:
            try:
                begin = os.lseek(source.fileno(), at, os.SEEK_DATA) // PAGE * PAGE
            except OSError:
                break
            at = min(os.lseek(source.fileno(), begin, os.SEEK_HOLE), begin + (1 << 20))
            data = os.pread(source.fileno(), at - begin, begin)
            for index in range(0, len(data), PAGE):
                page = data[index : index + PAGE]
                if page.count(0) < len(page):
                    node.pages[(begin + index) // PAGE] = page + bytes(PAGE - len(page))
    node.size = node.durable_size = size
    node.durable_pages = dict(node.pages)


def save_file(path, node):
    with open(path, "wb", buffering=0) as target:
        for index, page in sorted(node.durable_pages.items()):
            os.pwrite(target.fileno(), page, index * PAGE)
        os.ftruncate(target.fileno(), node.durable_size)


def mount(mountpoint):
    """The device of the mounted file system: root mounts it itself, others by way of fusermount3."""
    if os.geteuid() == 0:
        device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mount(b"power-cut", os.fsencode(mountpoint), b"fuse.power-cut", 0, options) != 0:
            sys.exit(f"power_cut_fs: {mountpoint} cannot be mounted: {os.strerror(ctypes.get_errno())}")
        return device
    ours, theirs = socket.socketpair()
    command = ["fusermount3", "-o", "fsname=power-cut", "--", mountpoint]
    environment = {**os.environ, "_FUSE_COMMFD": str(theirs.fileno())}
    subprocess.run(command, env=environment, pass_fds=[theirs.fileno()], check=True)
    _, devices, _, _ = socket.recv_fds(ours, 16, 1)
    return devices[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mountpoint")
    parser.add_argument("--durable", required=True, help="made when the power is cut")
    parser.add_argument("--start", help="what lies on it at first")
    parser.add_argument("--names", choices=["strict", "kept"], default="strict")
    parser.add_argument("--strays", type=int, metavar="SEED")
    parser.add_argument("--deaf", action="store_true")
    options = parser.parse_args()
    disk = PowerCut(options)
    device = mount(options.mountpoint)
    print("mounted", flush=True)
    disk.serve(device)


if __name__ == "__main__":
    main()
