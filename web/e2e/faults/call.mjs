// A call that faults are done to, again and again.
import { expectTalk } from '../browser/expect.mjs'
import { identity, longestPause } from '../browser/path.mjs'
import { sleep, until } from '../lab/process.mjs'

/** Alice and Bob in a call; faults are done to alice's network. */
export async function inCall(world, server) {
  const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
  await a.talk(b)
  await expectTalk(a, 'alice', b, 'bob')
  await sleep(2000)
  return [a, b]
}

const flows = (person, since, frames) => until(`pictures at ${person.name}'s`, async () =>
  (await person.frames()).filter((f) => f.at >= since).length >= frames, 45_000)

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
