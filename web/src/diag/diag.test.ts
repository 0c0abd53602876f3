import { describe, expect, it } from 'vitest'
import diagEn from '../i18n/messages/diag.en.json'
import { answerFor, measured, serversOf } from './answer'
import { reportBody } from './report'
import { type Outcome, type Row, type RowName, rowNames } from './rows'
import { type Checks, runChecks } from './run'
import { verdictOf } from './verdict'

const ok: Outcome = { state: 'ok', code: 'ok' }
const failed: Outcome = { state: 'failed', code: 'failed' }

const rows = (over: Partial<Record<RowName, Outcome>> = {}): Row[] => rowNames.map((name) => ({ name, ...(over[name] ?? ok) }))

describe('verdict', () => {
  it.each([
    ['good', 'good', {}],
    ['good', 'good', { camera: failed, tcp: failed, relayTcp: failed, relayTls: failed }],
    ['limited', 'withoutUDP', { udp: failed }],
    ['limited', 'withoutUDP', { udp: failed, tcp: failed }],
    ['limited', 'withoutUDP', { udp: failed, tcp: failed, relayTcp: failed }],
    ['limited', 'lossy', { udp: { state: 'warn', code: 'lossy', loss: 12 } }],
    ['limited', 'noMicrophone', { microphone: { state: 'failed', code: 'denied' } }],
    ['bad', 'noMedia', { udp: failed, tcp: failed, relayTcp: failed, relayTls: { state: 'skipped', code: 'notOffered' } }],
    ['bad', 'noSocket', { websocket: failed, udp: failed, tcp: failed, relayTcp: failed, relayTls: failed }],
    ['bad', 'insecure', { secure: failed, microphone: failed }],
    ['bad', 'noBrowser', { browser: failed }],
  ] as const)('is %s (%s)', (level, code, over) => {
    expect(verdictOf(rows(over as Partial<Record<RowName, Outcome>>))).toEqual({ level, code })
  })

  it('is not there before all rows are known', () => {
    expect(verdictOf(rows({ relayTls: { state: 'checking' } }))).toBeUndefined()
  })

  it('has a sentence and what to do', () => {
    expect(Object.keys(diagEn.diag.verdictDo)).toEqual(Object.keys(diagEn.diag.verdict))
  })
})

describe('an answer for one way', () => {
  const answer = ['v=0', 'a=candidate:1 1 udp 5 192.0.2.1 8443 typ host', 'a=candidate:2 1 tcp 4 192.0.2.1 8443 typ host tcptype passive', 'a=end-of-candidates', 'a=mid:0', ''].join('\r\n')

  it.each([['udp', 'udp'], ['tcp', 'tcp'], ['relayTcp', 'udp'], ['relayTls', 'udp']] as const)('%s leaves only candidates by %s', (way, protocol) => {
    const { sdp, candidates } = answerFor(way, answer)
    expect(sdp).toBe('v=0\r\na=mid:0\r\n')
    expect(candidates.map((c) => c.split(' ')[2])).toEqual([protocol])
  })
})

it('a relay is tried over TCP and inside TLS apart', () => {
  const servers = [{ urls: ['turn:h:1?transport=tcp', 'turns:h:1?transport=tcp'], username: 'u', credential: 'c' }, { urls: 'stun:h' }]
  expect(serversOf('relayTcp', servers)).toEqual([{ urls: ['turn:h:1?transport=tcp'], username: 'u', credential: 'c' }])
  expect(serversOf('relayTls', servers)).toEqual([{ urls: ['turns:h:1?transport=tcp'], username: 'u', credential: 'c' }])
})

it('measures the middle time and the share that was lost', () => {
  expect(measured(4, [9, 1, 5])).toEqual({ ms: 5, loss: 25 })
  expect(measured(4, [])).toEqual({ ms: 1, loss: 100 })
})

function checks(over: Partial<Checks> = {}): Checks {
  return {
    browser: () => ok, secure: () => ok,
    socket: () => Promise.resolve(ok), device: () => Promise.resolve(ok), way: () => Promise.resolve(ok), ...over,
  }
}

describe('running', () => {
  it('tries the network while nobody answers the prompt for the microphone', async () => {
    let answer: (outcome: Outcome) => void = () => undefined
    let seen: Row[] = []
    const run = runChecks(checks({ device: () => new Promise((resolve) => (answer = resolve)) }), (now) => (seen = now))
    await expect.poll(() => seen.find((row) => row.name === 'relayTls')?.state).toBe('ok')
    expect(seen.find((row) => row.name === 'microphone')?.state).toBe('checking')
    answer({ state: 'failed', code: 'denied' })
    await expect.poll(() => seen.find((row) => row.name === 'camera')?.state).toBe('checking')
    answer(ok)
    expect(verdictOf(await run)?.code).toBe('noMicrophone')
  })

  it('takes a check that throws for one that failed', async () => {
    const done = await runChecks(checks({ way: () => Promise.reject(new Error('x')) }), () => undefined)
    expect(verdictOf(done)?.code).toBe('noMedia')
  })
})

it('reports codes to the operator, in few words', () => {
  const body = JSON.parse(reportBody(rows({ udp: failed, tcp: { state: 'warn', code: 'lossy', ms: 40, loss: 9 } }), { level: 'limited', code: 'withoutUDP' })) as { verdict: string; rows: object[] }
  expect(body.verdict).toBe('withoutUDP')
  expect(body.rows).toContainEqual({ name: 'udp', state: 'failed:failed', ms: 0, detail: '' })
  expect(body.rows).toContainEqual({ name: 'tcp', state: 'warn:lossy', ms: 40, detail: 'loss 9%' })
})
