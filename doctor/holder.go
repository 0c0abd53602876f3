package doctor

import (
	"bufio"
	"encoding/hex"
	"io"
	"io/fs"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
)

// holderOf finds the process that holds a port, from the files of /proc. The
// zero Process when none can be seen: other users' are hidden.
func holderOf(proc fs.FS, network string, port uint16) Process {
	var inodes []string
	for _, name := range []string{strings.ToLower(network), strings.ToLower(network) + "6"} {
		file, err := proc.Open("net/" + name)
		if err != nil {
			continue
		}
		inodes = append(inodes, inodesOf(file, network == "TCP", port)...)
		_ = file.Close()
	}
	if len(inodes) == 0 {
		return Process{}
	}
	entries, err := fs.ReadDir(proc, ".")
	if err != nil {
		return Process{}
	}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && holds(proc, e.Name(), inodes) {
			return Process{PID: pid, Name: commandOf(proc, e.Name())}
		}
	}
	return Process{}
}

// inodesOf the sockets on a port in a table like /proc/net/tcp; of TCP only
// those that listen.
func inodesOf(table io.Reader, listening bool, port uint16) (inodes []string) {
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		const local, state, inode, listen = 1, 3, 9, "0A"
		if len(fields) <= inode || listening && fields[state] != listen {
			continue
		}
		if at, ok := parseHexAddress(fields[local]); ok && at.Port() == port && fields[inode] != "0" {
			inodes = append(inodes, fields[inode])
		}
	}
	return inodes
}

// parseHexAddress reads "0100007F:20FB": words of 4 bytes in the machine's
// order, which is little-endian wherever this runs.
func parseHexAddress(text string) (netip.AddrPort, bool) {
	host, service, ok := strings.Cut(text, ":")
	port, err := strconv.ParseUint(service, 16, 16)
	raw, hexErr := hex.DecodeString(host)
	if !ok || err != nil || hexErr != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		slices.Reverse(raw[i : i+4])
	}
	addr, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)), ok
}

func holds(proc fs.FS, pid string, inodes []string) bool {
	dir := path.Join(pid, "fd")
	entries, err := fs.ReadDir(proc, dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		target, err := fs.ReadLink(proc, path.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		inode, ok := strings.CutPrefix(target, "socket:[")
		if ok && slices.Contains(inodes, strings.TrimSuffix(inode, "]")) {
			return true
		}
	}
	return false
}

func commandOf(proc fs.FS, pid string) string {
	name, err := fs.ReadFile(proc, path.Join(pid, "comm"))
	if err != nil {
		return "a process"
	}
	return strings.TrimSpace(string(name))
}
