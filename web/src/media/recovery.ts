/*
 * When to restart ICE. A path can die without any event, so the sign of life
 * is that anything at all arrived: media, reports, answers to checks. But a
 * restart costs 50 to 300 ms of sound, so a healthy path is never restarted.
 *
 * When a network goes, the WebSocket goes with it, and a restart needs that: so
 * the server is asked for a sign of life at the first unusual silence already.
 *
 *   connecting -alive-> connected -silent for 2 s (8 s while it rings), or ICE disconnected-> reconnecting -alive-> connected
 *
 * In connecting and reconnecting a restart is asked for every 1.5 s (first after 4 s in
 * connecting); when several were answered and nothing arrived, a new connection.
 * All times in milliseconds of performance.now().
 */

export interface Recovery {
  phase: 'connecting' | 'connected' | 'reconnecting'
  /** Whether the server has something to send: while it rings there are but checks, seconds apart. */
  expecting: boolean
  /** When something last arrived, as far as polling can tell. */
  lastAlive: number
  /** The longest pause seen lately on the healthy path; decays. */
  usualGap: number
  /** Until then silence counts sooner: the browser said that the network changed. */
  hintedUntil: number
  /** When the browser said that there had been no network; forgotten with the next sign of life. */
  goneAt: number | undefined
  lastRestart: number
  /** The present silence was asked about. */
  probed: boolean
  /** Restarts that the server answered since the path died. */
  answered: number
}

export type RecoveryEvent =
  /** Something arrived since the last poll, or nothing. */
  | { type: 'poll'; alive: boolean }
  /** The call was accepted: media or reports come from now on. */
  | { type: 'expect' }
  /** ICE and DTLS stand. */
  | { type: 'connected' }
  /** The browser's ICE says that its checks are not answered. */
  | { type: 'interrupted' }
  /** The network may be another one: online, connection change, the socket reopened. `gone`: there was none at all. */
  | { type: 'hint'; gone?: boolean }
  /** The server answered a restart. */
  | { type: 'answered' }

export type RecoveryEffect =
  | 'restart'
  | 'renew'
  /** Silence that is unusual, but no proof: see whether the server can be reached at all. */
  | 'probe'

const STALL_MS = 2_000
/** Where nothing but checks can be expected. */
const QUIET_STALL_MS = 8_000
const HINTED_STALL_MS = 700
/** Where the browser has seen the network go and come, what flows again does so within that time, and what does not is lost. */
export const GONE_STALL_MS = 100
const HINT_MS = 3_000
/** Where media flow, so much silence is worth a question to the server, which costs nothing. */
const PROBE_MS = 400
/** A path with longer pauses than this is a quiet one, whose silence says little so soon. */
const BUSY_GAP_MS = 1_000
const REPEAT_MS = 1_500
const FIRST_MS = 4_000
/** After so many answered restarts in vain only a new connection can help. */
const VAIN_RESTARTS = 4

export function newRecovery(now: number): Recovery {
  return {
    phase: 'connecting',
    expecting: false,
    lastAlive: now,
    usualGap: 0,
    hintedUntil: 0,
    goneAt: undefined,
    lastRestart: now + FIRST_MS - REPEAT_MS,
    probed: false,
    answered: 0,
  }
}

export function stepRecovery(
  r: Recovery,
  event: RecoveryEvent,
  now: number,
): { recovery: Recovery; effect?: RecoveryEffect } {
  switch (event.type) {
    case 'hint':
      return { recovery: { ...r, hintedUntil: now + HINT_MS, goneAt: event.gone ? now : r.goneAt } }
    case 'expect':
      return { recovery: r.expecting ? r : { ...r, expecting: true, usualGap: 0, lastAlive: now } }
    case 'answered':
      return { recovery: r.phase === 'connected' ? r : { ...r, answered: r.answered + 1 } }
    case 'connected':
      return { recovery: r.phase === 'connecting' ? alive(r, now) : r }
    case 'interrupted':
      return r.phase === 'connected' ? restart({ ...r, phase: 'reconnecting', answered: 0 }, now) : { recovery: r }
    case 'poll':
      return event.alive ? { recovery: alive(r, now) } : silent(r, now)
  }
}

function alive(r: Recovery, now: number): Recovery {
  const gap = r.phase === 'connected' ? now - r.lastAlive : 0
  return {
    ...r,
    phase: 'connected',
    lastAlive: now,
    usualGap: Math.max(gap, r.usualGap * 0.9),
    answered: 0,
    probed: false,
    goneAt: undefined,
  }
}

function silent(r: Recovery, now: number): { recovery: Recovery; effect?: RecoveryEffect } {
  if (r.phase === 'connected') {
    if (!dead(r, now)) return probe(r, now)
    return restart({ ...r, phase: 'reconnecting', answered: 0 }, now)
  }
  if (now - r.lastRestart < REPEAT_MS) return { recovery: r }
  if (r.answered >= VAIN_RESTARTS) return { recovery: { ...r, answered: 0, lastRestart: now }, effect: 'renew' }
  return restart(r, now)
}

/** Once in a silence, and only where there is none as a rule. */
function probe(r: Recovery, now: number): { recovery: Recovery; effect?: RecoveryEffect } {
  if (!r.expecting || r.probed || now - r.lastAlive < Math.max(PROBE_MS, r.usualGap * 1.2)) return { recovery: r }
  return { recovery: { ...r, probed: true }, effect: 'probe' }
}

/** A path that went with the network has a moment to come back with it. */
function dead(r: Recovery, now: number): boolean {
  if (r.goneAt !== undefined && rarelySilent(r)) return now - r.goneAt >= GONE_STALL_MS
  return now - r.lastAlive >= stallAfter(r, now)
}

/** Whether silence is so unusual that it is worth looking more often. */
export function rarelySilent(r: Recovery): boolean {
  return r.phase === 'connected' && r.expecting && r.usualGap <= BUSY_GAP_MS
}

/** A path that is often quiet for a second is not dead after two. */
function stallAfter(r: Recovery, now: number): number {
  if (!r.expecting) return QUIET_STALL_MS
  if (now < r.hintedUntil) return Math.max(HINTED_STALL_MS, r.usualGap * 1.5)
  return Math.min(QUIET_STALL_MS, Math.max(STALL_MS, r.usualGap * 1.75))
}

function restart(r: Recovery, now: number): { recovery: Recovery; effect: RecoveryEffect } {
  return { recovery: { ...r, lastRestart: now }, effect: 'restart' }
}
