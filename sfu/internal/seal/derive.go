package seal

import "crypto/aes"

// Labels of what is derived from a master key (RFC 3711, section 4.3.2).
const (
	labelRTPKey   = 0
	labelRTPSalt  = 2
	labelRTCPKey  = 3
	labelRTCPSalt = 5
)

// derive fills out with the key or salt of a label: the key stream of AES in
// counter mode under the master key (RFC 3711, section 4.3.3). The salt of
// GCM, two bytes shorter than that of AES-CM, has zeros behind it (RFC 7714, section 11).
func derive(out []byte, k Keys, label byte) error {
	block, err := aes.NewCipher(k.MasterKey)
	if err != nil {
		return err
	}
	var in, stream [aes.BlockSize]byte
	copy(in[:14], k.MasterSalt)
	in[7] ^= label
	for n := 0; len(out) > 0; n++ {
		in[15] = byte(n)
		block.Encrypt(stream[:], in[:])
		out = out[copy(out, stream[:]):]
	}
	return nil
}
