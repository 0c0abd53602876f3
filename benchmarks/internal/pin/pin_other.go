//go:build !linux

package pin

import "errors"

// Self is refused here.
func Self(int) (on func(f func() error) error, err error) {
	return nil, errors.Join(errors.New("pinning to a core"), errors.ErrUnsupported)
}
