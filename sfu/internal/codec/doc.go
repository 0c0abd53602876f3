// Package codec tells what a media payload is part of: key frames, frame
// bounds, temporal and spatial layers. It never decodes.
//
// Describe reads the payload formats of RFC 7741 (VP8), RFC 9628 (VP9),
// RFC 6184 (H264), the AV1 RTP specification, and RFC 2198 (RED); a Structure
// reads the dependency descriptor of AV1, which is exact where the AV1 payload
// is not. Input is from outside: nothing panics on it, nothing allocates, and
// what cannot be read is reported as such.
package codec
