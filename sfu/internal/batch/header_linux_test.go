package batch

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

func iovecsOf(h *mmsghdr) []unix.Iovec { return unsafe.Slice(h.hdr.Iov, h.hdr.Iovlen) }

func bytesOf(v unix.Iovec) []byte { return unsafe.Slice(v.Base, v.Len) }

func controlOf(h *mmsghdr) *segmentControl {
	return (*segmentControl)(unsafe.Pointer(h.hdr.Control))
}
