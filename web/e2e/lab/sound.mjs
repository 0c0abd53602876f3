// A sound card that plays into nothing. Without one Firefox gives a page no
// AudioContext time, and nothing it plays can be measured.
import fs from 'node:fs'
import path from 'node:path'
import { spawn } from 'node:child_process'
import { until } from './process.mjs'

export async function startSound(dir) {
  const socket = path.join(dir, 'pulse.sock')
  const child = spawn('pulseaudio', [
    '-n', '--daemonize=no', '--exit-idle-time=-1', '--disable-shm=yes', '-L', 'module-null-sink',
    '-L', `module-native-protocol-unix socket=${socket} auth-anonymous=1`,
  ], { stdio: 'ignore', env: { ...process.env, HOME: dir, XDG_RUNTIME_DIR: dir } })
  await until('the null sound card', () => fs.existsSync(socket))
  return {
    env: { PULSE_SERVER: `unix:${socket}` },
    stop: () => new Promise((done) => {
      child.once('exit', done)
      if (!child.kill()) done()
    }),
  }
}
