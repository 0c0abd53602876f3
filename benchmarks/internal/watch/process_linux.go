package watch

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick of the times in /proc: USER_HZ, 100 on every Linux of today.
const tick = 10 * time.Millisecond

// CPU that a process has used, user and system.
func CPU(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The second field, the name in brackets, may hold anything.
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	var sum time.Duration
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}

// Process as the kernel sees it.
type Process struct {
	CPU         time.Duration
	Memory      int64 // bytes in RAM
	Descriptors int
}

// Look at a process.
func Look(pid int) (p Process, err error) {
	if p.CPU, err = CPU(pid); err != nil {
		return p, err
	}
	pages, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return p, err
	}
	if fields := strings.Fields(string(pages)); len(fields) > 1 {
		n, _ := strconv.ParseInt(fields[1], 10, 64)
		p.Memory = n * int64(os.Getpagesize())
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	p.Descriptors = len(open)
	return p, err
}

// Machine says in a line what this is.
func Machine() string {
	model, kernel := "unknown processor", "Linux"
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		release, _, _ := strings.Cut(strings.TrimSpace(string(b)), "-")
		kernel += " " + release
	}
	return model + ", " + kernel
}

// Load is the load average of the last minute.
func Load() float64 {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), " ")
	load, _ := strconv.ParseFloat(first, 64)
	return load
}
