import { expect, test } from 'vitest'
import { preferredCodecs } from './codecs'

const video = (mimeType: string, sdpFmtpLine?: string) => ({ mimeType: `video/${mimeType}`, sdpFmtpLine })

const chromium = [
  video('VP8'),
  video('rtx'),
  video('VP9', 'profile-id=0'),
  video('VP9', 'profile-id=2'),
  video('VP9', 'profile-id=1'),
  video('H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f'),
  video('H264', 'level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f'),
  video('H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'),
  video('AV1', 'level-idx=5;profile=1;tier=0'),
  video('AV1', 'level-idx=5;profile=0;tier=0'),
  video('red'),
  video('ulpfec'),
]

test('one profile of each codec, VP8 first, and retransmission', () => {
  expect(preferredCodecs('video', chromium)).toEqual([chromium[0], chromium[7], chromium[2], chromium[9], chromium[1]])
})

test('a browser without H264, whose VP9 names no profile', () => {
  const firefox = [video('VP8'), video('VP9', 'max-fs=12288'), video('AV1'), video('rtx')]
  expect(preferredCodecs('video', firefox)).toEqual(firefox)
})

test('Opus, with redundancy where there is some', () => {
  const audio = ['opus', 'red', 'G722', 'PCMU', 'telephone-event'].map((name) => ({ mimeType: `audio/${name}` }))
  expect(preferredCodecs('audio', audio)).toEqual(audio.slice(0, 2))
})

test('a browser with none of them is left alone', () => {
  expect(preferredCodecs('video', [video('rtx'), video('theora')])).toEqual([])
})
