// A call that faults are done to, again and again.
import { expectTalk } from '../browser/expect.mjs'
import { identity, longestPause } from '../browser/path.mjs'
import process from 'node:process'
import { sleep, until } from '../lab/process.mjs'

/** Alice and Bob in a call; faults are done to alice's network. */
export async function inCall(world, server) {
  const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
  await a.talk(b)
  await expectTalk(a, 'alice', b, 'bob')
  if (process.argv.includes('--trace')) await Promise.all([sampleVideo(a), sampleVideo(b)])
  await sleep(2000)
  return [a, b]
}

/** Notes what streams of pictures do, four times a second, until the page ends. */
export const sampleVideo = (person) => person.tab.evaluate(() => {
  if (window.__sampling) return
  window.__sampling = new Map()
  const fields = ['packetsReceived', 'packetsSent', 'framesReceived', 'framesDecoded', 'framesEncoded', 'keyFramesDecoded', 'keyFramesEncoded', 'pliCount', 'nackCount', 'retransmittedPacketsReceived', 'retransmittedPacketsSent', 'packetsLost']
  setInterval(async () => {
    for (const pc of window.__probe.pcs) {
      if (pc.connectionState === 'closed') continue
      const stats = [...(await pc.getStats()).values()]
      for (const s of stats) {
        if (!/^(in|out)bound-rtp$/.test(s.type) || s.kind !== 'video') continue
        const before = window.__sampling.get(s.id) ?? {}
        const news = fields.filter((f) => s[f] !== before[f]).map((f) => `${f}+${s[f] - (before[f] ?? 0)}`)
        window.__sampling.set(s.id, { ...s })
        if (news.length) window.__probe.log.push({ at: Date.now(), what: `    ${s.type.slice(0, 3)}`, id: `${s.mid ?? ''}${s.rid ?? ''}`, detail: news.join(' ') + (s.targetBitrate ? ` target ${Math.round(s.targetBitrate / 1000)}` : '') })
      }
      for (const s of stats) {
        if (s.type === 'candidate-pair' && s.nominated && s.availableOutgoingBitrate && window.__bitrate !== s.availableOutgoingBitrate) {
          window.__bitrate = s.availableOutgoingBitrate
          window.__probe.log.push({ at: Date.now(), what: '    bwe', id: String(Math.round(s.availableOutgoingBitrate / 1000)) })
        }
      }
    }
  }, 250)
})

/** What happened on both pages around a fault, in ms after it. */
async function trace(people, since, pauses) {
  for (const [i, person] of people.entries()) {
    console.log(`  ${person.name}: longest pause ${pauses[i].ms.toFixed(0)} ms until ${(pauses[i].end - since).toFixed(0)}`)
    for (const { at, what, id, state, detail } of await person.log()) {
      if (at >= since - 1500 && at <= since + 8000) console.log(`    ${String(Math.round(at - since)).padStart(6)} ${what} ${id ?? state ?? ''} ${detail ?? ''}`)
    }
  }
}

const flows = (person, since, frames) => until(`pictures at ${person.name}'s`, async () =>
  (await person.frames(since)).length >= frames, 45_000)

/**
 * Waits until pictures pass both ways again after `since`, lets `settle` ms
 * pass, and tells when they were back: the later end of the two longest pauses,
 * in ms after `since`, and how long the longest was.
 */
export async function bothBack([a, b], since, settle = 3000) {
  await sleep(500)
  await Promise.all([flows(a, Date.now(), 10), flows(b, Date.now(), 10)])
  await sleep(settle)
  const now = Date.now()
  const pauses = await Promise.all([longestPause(a, since, now), longestPause(b, since, now)])
  if (process.argv.includes('--trace')) await trace([a, b], since, pauses)
  return { back: Math.max(...pauses.map((p) => p.end)) - since, pause: Math.max(...pauses.map((p) => p.ms)) }
}

/** Watches for what no fault may do; `broken()` gives sentences about what happened all the same. */
export async function guard([a, b]) {
  const began = Date.now()
  const before = await identity(a)
  const left = (log) => log.filter((e) => e.at >= began && e.what === 'got' && /left|ended/.test(e.id ?? '')).map((e) => e.id)
  return async () => {
    const broken = []
    if (JSON.stringify(await identity(a)) !== JSON.stringify(before)) broken.push('DTLS or SSRCs are not as they were')
    const seen = left(await b.log())
    if (seen.length) broken.push(`the other side was told: ${seen}`)
    const states = (await b.log()).filter((e) => e.what === 'shown' && e.id === 'connection' && e.at >= began).map((e) => e.detail)
    if (states.some((s) => s !== 'connected')) broken.push(`the other side's own connection was ${states}`)
    return broken
  }
}
