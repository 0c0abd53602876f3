package floor

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"

	"github.com/pion/srtp/v3"
)

// sealRound packets in a round.
const sealRound = 4000

// seals prices bare AES-128-GCM over what SRTP seals (RFC 7714: the header is
// associated data), and the two families through pion/srtp.
func seals() Prices {
	const header = 20
	block, _ := aes.NewCipher(make([]byte, 16))
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return Prices{{Name: Seal, Missing: err.Error()}, {Name: Open, Missing: err.Error()}}
	}
	nonce, packet := make([]byte, gcm.NonceSize()), make([]byte, PacketBytes, PacketBytes+16)
	sealed := make([]byte, 0, PacketBytes+16)
	each := func(f func()) func() (float64, error) {
		return func() (float64, error) {
			return onThread(sealRound, func() error {
				for range sealRound {
					f()
				}
				return nil
			})
		}
	}
	all := Prices{
		priceOf(Seal, each(func() { sealed = gcm.Seal(sealed[:0], nonce, packet[header:], packet[:header]) })),
		priceOf(Open, each(func() { _, _ = gcm.Open(packet[header:header], nonce, sealed, packet[:header]) })),
	}
	for _, profile := range []struct {
		name string
		id   srtp.ProtectionProfile
	}{
		{"AES-128-GCM", srtp.ProtectionProfileAeadAes128Gcm},
		{"AES-CM with HMAC-SHA1", srtp.ProtectionProfileAes128CmHmacSha1_80},
	} {
		all = append(all, priceOf("seal "+profile.name+", pion/srtp", srtpRound(profile.id, sealRTP)),
			priceOf("open "+profile.name+", pion/srtp", srtpRound(profile.id, openRTP)))
	}
	return all
}

// srtpRound makes sealed packets of its own and hands them to f.
func srtpRound(profile srtp.ProtectionProfile, f func(context *srtp.Context, plain, sealed [][]byte) error) func() (float64, error) {
	return func() (float64, error) {
		key, salt := make([]byte, 16), make([]byte, 14)
		if profile == srtp.ProtectionProfileAeadAes128Gcm {
			salt = salt[:12]
		}
		sender, err := srtp.CreateContext(key, salt, profile)
		if err != nil {
			return 0, err
		}
		plain, sealed := make([][]byte, sealRound), make([][]byte, sealRound)
		for i := range plain {
			plain[i] = make([]byte, PacketBytes, PacketBytes+32)
			plain[i][0], plain[i][1] = 0x80, 96
			binary.BigEndian.PutUint16(plain[i][2:], uint16(i))
			if sealed[i], err = sender.EncryptRTP(nil, plain[i], nil); err != nil {
				return 0, err
			}
		}
		fresh, err := srtp.CreateContext(key, salt, profile)
		if err != nil {
			return 0, err
		}
		return onThread(sealRound, func() error { return f(fresh, plain, sealed) })
	}
}

func sealRTP(context *srtp.Context, plain, _ [][]byte) (err error) {
	out := make([]byte, 0, PacketBytes+32)
	for _, p := range plain {
		if out, err = context.EncryptRTP(out[:0], p, nil); err != nil {
			return err
		}
	}
	return nil
}

func openRTP(context *srtp.Context, _, sealed [][]byte) (err error) {
	out := make([]byte, 0, PacketBytes+32)
	for _, p := range sealed {
		if out, err = context.DecryptRTP(out[:0], p, nil); err != nil {
			return err
		}
	}
	return nil
}
