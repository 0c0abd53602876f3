// What a page must show and play, as assertions with everything seen in them.
import assert from 'node:assert/strict'
import { FRAMES, MEDIA } from '../lab/media.mjs'
import { FIREFOX_HZ } from './firefox.mjs'

const close = (a, b, far) => a.every((c, i) => Math.abs(c - b[i]) <= far)

/** The page shows the moving picture of `whose` (a name in MEDIA), or of Firefox. */
export async function expectPicture(person, whose, frames = 5) {
  let seen = await person.picture(frames)
  // Firefox's camera begins with a green beyond what can be shown: it takes a while to be another.
  for (let i = 0; whose === 'firefox' && i < 10 && new Set(seen.middles.map(String)).size === 1; i++) {
    seen = await person.picture(frames)
  }
  const all = `${person.name} sees ${JSON.stringify(seen)}`
  assert.ok(seen.frames >= frames, `at least ${frames} frames: ${all}`)
  if (whose === 'firefox') {
    assert.ok(new Set(seen.middles.map(String)).size > 1, `the colour changes: ${all}`)
    return seen
  }
  assert.ok(close(seen.middles.at(-1), MEDIA[whose].colour, 60), `the colour of ${whose}: ${all}`)
  // A busy machine shows some frames of the camera twice; none goes back.
  const counters = seen.counters.filter((c, i) => c !== seen.counters[i - 1])
  const steps = counters.slice(1).map((c, i) => (c - counters[i] + FRAMES) % FRAMES)
  const forward = steps.filter((step) => step <= FRAMES / 2).length
  assert.ok(forward >= 3 && forward >= steps.length * 0.8, `the counter goes up: ${all}`)
  return seen
}

/** The page plays the tone of `whose`. */
export async function expectSound(person, whose) {
  const hz = whose === 'firefox' ? FIREFOX_HZ : MEDIA[whose].hz
  const heard = await person.sound()
  const all = `${person.name} hears ${JSON.stringify(heard)}`
  assert.ok(heard.db > -70, `not silence: ${all}`)
  assert.ok(Math.abs(heard.hz - hz) <= 15, `${hz} Hz: ${all}`)
  assert.ok(heard.played, `an element plays it: ${all}`)
}

/** Media come from the server and nobody else, over UDP or what is said. */
export async function expectRelayed(person, server, over = ['udp']) {
  const ends = await person.pairs()
  assert.ok(ends.length === 1 && over.some((transport) => ends[0] === `${server}/${transport}`),
    `${person.name}'s selected pair ends at the server: ${ends}`)
}

/** As expectSound; a failure says as well what the speaker's browser sent, since a fake microphone may stop by itself. */
async function expectVoice(listener, whose, speaker) {
  const sent = async () => (await speaker.streams()).filter((s) => s.up && s.kind === 'audio').reduce((sum, s) => sum + s.packets, 0)
  const before = await sent()
  await expectSound(listener, whose).catch(async (error) => {
    error.message += `; meanwhile ${speaker.name}'s browser sent ${(await sent()) - before} packets of sound`
    throw error
  })
}

/** Both see and hear each other. */
export async function expectTalk(a, whoseA, b, whoseB) {
  await Promise.all([expectPicture(a, whoseB), expectPicture(b, whoseA), expectVoice(a, whoseB, b), expectVoice(b, whoseA, a)])
}
