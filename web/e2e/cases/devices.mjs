// Microphone and camera in a call: off, on, another one, none at all; always
// on the one connection, with its one offer.
import assert from 'node:assert/strict'
import { expectPicture, expectSound, expectTalk } from '../browser/expect.mjs'
import { PATIENCE } from '../browser/person.mjs'
import { sleep, until } from '../lab/process.mjs'

export const setUp = (world) => world.server('devices')

async function inCall(world, server) {
  const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
  await a.talk(b)
  await expectTalk(a, 'alice', b, 'bob')
  return [a, b]
}

/** What a page knows of the other's source: the words of the tile are for people, so by its media. */
const shows = (person) => person.tab.evaluate(() => {
  const tile = document.querySelector('[data-testid="tile"]:not([data-self="true"])')
  const video = tile?.querySelector('video')
  const box = video?.getBoundingClientRect()
  return Boolean(box && box.width > 0 && getComputedStyle(video).visibility === 'visible' && getComputedStyle(video).opacity !== '0')
})

/** What the system does to all that is captured: `mute`, `unmute` or `ended`. Runs on the page. */
const interrupt = (what) => {
  const tracks = window.__probe.pcs.flatMap((pc) => pc.getSenders()).map((s) => s.track).filter(Boolean)
  for (const track of tracks) {
    if (what === 'ended') track.stop()
    track.enabled = what !== 'mute'
    track.dispatchEvent(new Event(what))
  }
}

/** The first is seen and heard again, on the connection of before. */
async function isBack(a, b) {
  await until("the other's picture to be shown", () => shows(b), PATIENCE)
  await Promise.all([expectPicture(b, 'alice'), expectSound(b, 'alice')])
  assert.deepEqual(await Promise.all([a.offers(), b.offers()]), [1, 1])
}

async function received(person, kind) {
  const streams = (await person.streams()).filter((s) => !s.up && s.kind === kind)
  return streams.reduce((sum, s) => sum + s.packets, 0)
}

/** Packets of a kind that come in within ms. */
async function flow(person, kind, ms = 1000) {
  const before = await received(person, kind)
  await sleep(ms)
  return (await received(person, kind)) - before
}

/** Devices opened since the element came up. The preview at home, where permission was given before, is not of the call. */
async function capturesSince(person, id) {
  const from = await person.when('shown', id)
  return (await person.log()).filter((e) => e.what === 'capture' && e.at >= from)
}

/** Gives the page a second camera, all green, and a second microphone of 1000 Hz, beside what the browser has. Runs in the page. */
const plugIn = () => {
  const devices = navigator.mediaDevices
  const { getUserMedia, enumerateDevices } = devices
  const extra = [
    { kind: 'videoinput', deviceId: 'green', groupId: 'green', label: 'Green camera' },
    { kind: 'audioinput', deviceId: 'high', groupId: 'high', label: 'High microphone' },
  ]
  const wants = (wish, id) => wish && [wish.deviceId?.exact, wish.deviceId?.ideal, wish.deviceId].includes(id)
  const named = (track, deviceId) => {
    const settings = track.getSettings.bind(track)
    track.getSettings = () => ({ ...settings(), deviceId })
    return track
  }
  const green = () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
    const g = canvas.getContext('2d')
    let n = 0
    const draw = () => {
      g.fillStyle = '#00ff00'
      g.fillRect(0, 0, 640, 360)
      g.fillStyle = '#000000'
      g.fillRect((n++ * 7) % 640, 0, 60, 60)
    }
    draw()
    setInterval(draw, 33)
    return named(canvas.captureStream(30).getVideoTracks()[0], 'green')
  }
  const high = () => {
    const context = new AudioContext()
    const tone = Object.assign(context.createOscillator(), { type: 'sine' })
    tone.frequency.value = 1000
    const end = context.createMediaStreamDestination()
    tone.connect(end)
    tone.start()
    return named(end.stream.getAudioTracks()[0], 'high')
  }
  devices.enumerateDevices = async () => [...(await enumerateDevices.call(devices)), ...extra]
  devices.getUserMedia = async (wish) => {
    if (wants(wish.video, 'green')) return new MediaStream([green()])
    if (wants(wish.audio, 'high')) return new MediaStream([high()])
    return getUserMedia.call(devices, wish)
  }
  devices.dispatchEvent(new Event('devicechange'))
}

/** Chooses a device in the settings of a call. */
async function choose(person, tab, id, device) {
  await person.click(tab)
  await until(`${device} in the list of ${person.name}`, () => person.tab.evaluate(({ id, device }) => {
    const select = document.querySelector(`[data-testid="${id}"] select`)
    if (![...(select?.options ?? [])].some((option) => option.value === device)) return false
    select.value = device
    select.dispatchEvent(new Event('change', { bubbles: true }))
    return true
  }, { id, device }), PATIENCE)
}

export const cases = [
  {
    name: 'another camera and microphone in a call: the other sees and hears them, without an offer',
    full: true,
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      await a.tab.evaluate(plugIn)
      await a.click('more')
      await a.click('settings')
      await choose(a, 'settings-video', 'choose-camera', 'green')
      let seen
      await until('a green picture', async () => {
        seen = await b.picture()
        const [red, green, blue] = seen.middles.at(-1) ?? []
        return seen.frames >= 5 && red < 90 && green > 160 && blue < 90
      }, PATIENCE).catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(seen)}`) })
      await expectSound(b, 'alice')
      await choose(a, 'settings-audio', 'choose-microphone', 'high')
      let heard
      await until('the other tone', async () => Math.abs((heard = await b.sound()).hz - 1000) <= 15 && heard.db > -70, PATIENCE)
        .catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(heard)}`) })
      assert.deepEqual(await Promise.all([a.offers(), b.offers()]), [1, 1])
    },
  },
  {
    name: 'mute and unmute: the sound stops and comes back, without an offer',
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      await a.click('toggle-mic')
      await sleep(500)
      assert.equal(await flow(b, 'audio'), 0, 'no sound passes while muted')
      await a.click('toggle-mic')
      await sleep(300)
      await expectSound(b, 'alice')
      assert.deepEqual(await Promise.all([a.offers(), b.offers()]), [1, 1])
    },
  },
  {
    name: 'camera off and on: the picture is taken away and comes back, without an offer',
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      await a.click('toggle-cam')
      await until("the other's picture to be hidden", async () => !(await shows(b)), PATIENCE)
      await sleep(300)
      assert.equal(await flow(b, 'video'), 0, 'no picture passes while the camera is off')
      await expectSound(b, 'alice')
      await a.click('toggle-cam')
      await until("the other's picture to be shown", () => shows(b), PATIENCE)
      await expectPicture(b, 'alice')
      assert.deepEqual(await Promise.all([a.offers(), b.offers()]), [1, 1])
    },
  },
  {
    name: 'a phone call takes microphone and camera: the other is told, and sees and hears again when it is over',
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      await a.tab.evaluate(interrupt, 'mute')
      await until("the other's picture to be hidden", async () => !(await shows(b)), PATIENCE)
      await until('the reason on the tile', () => b.tab.evaluate(() =>
        document.querySelector('[data-testid="tile"]:not([data-self="true"])')?.getAttribute('aria-label')?.includes('On another call')), PATIENCE)
      await a.tab.evaluate(interrupt, 'unmute')
      await isBack(a, b)
    },
  },
  {
    name: 'a system that ends camera and microphone without a word: both are opened again when the page is looked at',
    full: true,
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      await a.tab.evaluate(interrupt, 'ended')
      await until("the other's picture to be hidden", async () => !(await shows(b)), PATIENCE)
      await a.tab.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))
      await isBack(a, b)
    },
  },
  {
    name: 'shortcuts M and V do the same',
    full: true,
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      await a.tab.press('v')
      await until("the other's picture to be hidden", async () => !(await shows(b)), PATIENCE)
      await a.tab.press('v')
      await until("the other's picture to be shown", () => shows(b), PATIENCE)
      await a.tab.press('m')
      await sleep(500)
      assert.equal(await flow(b, 'audio'), 0, 'no sound passes while muted')
    },
  },
  {
    name: 'answered by voice only: the caller is heard and seen, the callee heard',
    async run(world, server) {
      const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
      await a.ring(b)
      await b.click('accept-audio')
      await Promise.all([a.inCall(), b.inCall()])
      await Promise.all([expectPicture(b, 'alice'), expectSound(b, 'alice'), expectSound(a, 'bob')])
      assert.equal(await shows(a), false, 'no picture of the callee')
      assert.ok(!(await capturesSince(b, 'incoming')).some((e) => e.video), 'no camera was opened for the call')
      await b.click('toggle-cam')
      await until("the callee's picture", () => shows(a), PATIENCE)
      await expectPicture(a, 'bob')
      assert.deepEqual(await Promise.all([a.offers(), b.offers()]), [1, 1])
    },
  },
  {
    name: 'no permission for anything: the call is joined, the other is seen and heard',
    async run(world, server) {
      const a = await world.person('alice', server)
      const b = await world.person('denied', server)
      await a.ring(b)
      await b.click('accept')
      await Promise.all([a.inCall(), b.inCall()])
      await Promise.all([expectPicture(b, 'alice'), expectSound(b, 'alice')])
      await a.click('hangup')
      assert.equal(await b.ended(), 'hangup')
      await world.closeBrowser('denied')
    },
  },
  {
    name: 'no device is opened while it rings',
    async run(world, server) {
      const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
      await a.ring(b)
      await sleep(500)
      assert.deepEqual(await capturesSince(b, 'incoming'), [], 'no device is opened while it rings')
      await b.click('accept')
      await Promise.all([a.inCall(), b.inCall()])
      await expectPicture(a, 'bob')
    },
  },
]
