import type { ConnectionStats } from '../client/types'

export const fakeStats: ConnectionStats = {
  path: 'udp', rttMs: 38, remoteAddress: '203.0.113.10:8443', estimate: 2_400_000,
  streams: [
    { direction: 'up', source: 'camera', participant: 'me', codec: 'VP9', width: 1280, height: 720, fps: 30, bitrate: 1_240_000, loss: 0.004, layer: 'f' },
    { direction: 'up', source: 'microphone', participant: 'me', codec: 'Opus', bitrate: 32_000, loss: 0 },
    { direction: 'down', source: 'camera', participant: 'p1', codec: 'VP9', width: 1280, height: 720, fps: 29.7, bitrate: 1_180_000, loss: 0.012, jitterMs: 7, freezes: 1 },
    { direction: 'down', source: 'microphone', participant: 'p1', codec: 'Opus', bitrate: 31_000, loss: 0.01, jitterMs: 4 },
  ],
}
