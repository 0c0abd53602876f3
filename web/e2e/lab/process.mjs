// Child processes: started in a namespace, ended by their own id, waited for.
import { spawn } from 'node:child_process'
import fs from 'node:fs'

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

/** Waits until probe() gives something true, and gives it; throws after ms. */
export async function until(what, probe, ms = 5000, pause = 50) {
  const deadline = Date.now() + ms
  for (;;) {
    const got = await probe()
    if (got) return got
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms for ${what}`)
    await sleep(pause)
  }
}

/**
 * Starts a program in a namespace. `ip netns exec` replaces itself by the
 * program, so the id is the program's own. Output goes to the file `log`.
 */
export function start(namespace, command, args, { log, env = {} } = {}) {
  const out = log ? fs.openSync(log, 'a') : 'ignore'
  const child = spawn('ip', ['netns', 'exec', namespace, command, ...args], {
    stdio: ['ignore', out, out],
    env: { ...process.env, ...env },
  })
  if (log) fs.closeSync(out)
  const ended = new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })))
  child.once('error', () => {}) // `ended` never comes then; the caller's deadline tells
  return { pid: child.pid, ended, running: () => child.exitCode === null && child.signalCode === null, child }
}

/** Ends a started program and waits until it has gone. */
export async function stop(running, signal = 'SIGTERM', patience = 5000) {
  if (!running?.running()) return
  process.kill(running.pid, signal)
  const kill = setTimeout(() => running.running() && process.kill(running.pid, 'SIGKILL'), patience)
  await running.ended
  clearTimeout(kill)
}

/** The end of a log file, for the report of a failure. */
export function tail(file, lines = 20) {
  try {
    return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}
