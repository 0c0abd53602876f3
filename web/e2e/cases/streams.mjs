// WHIP and WHEP: an encoder and a player that know nothing of the signalling
// meet people in a room.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import path from 'node:path'
import { PATIENCE } from '../browser/person.mjs'
import { MEDIA } from '../lab/media.mjs'
import { until } from '../lab/process.mjs'

export const setUp = (world) => world.server('streams')

/** GStreamer's webrtcbin, which publishes a green picture and 880 Hz until it is ended. */
function startEncoder(namespace, url) {
  const script = path.join(import.meta.dirname, '../lab/whip_encoder.py')
  const child = spawn('ip', ['netns', 'exec', namespace, '/usr/bin/python3', '-u', script, url])
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  const gone = new Promise((done) => child.once('exit', done))
  return {
    said: () => said,
    /** Lets it delete its resource and end. */
    async end() {
      child.stdin.end()
      const kill = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
      await gone
      clearTimeout(kill)
    },
  }
}

/** Plays a room in a page by WHEP, with nothing but the browser's own API. */
const play = (url) => {
  window.player = (async () => {
    const pc = new RTCPeerConnection()
    const stream = new MediaStream()
    const video = document.createElement('video')
    Object.assign(video, { autoplay: true, muted: true, playsInline: true, srcObject: stream })
    document.body.replaceChildren(video)
    pc.ontrack = ({ track }) => stream.addTrack(track)
    pc.addTransceiver('audio', { direction: 'recvonly' })
    pc.addTransceiver('video', { direction: 'recvonly' })
    await pc.setLocalDescription()
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: pc.localDescription.sdp })
    if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
    await pc.setRemoteDescription({ type: 'answer', sdp: await answer.text() })
    return { video, resource: answer.headers.get('location') }
  })()
  return window.player.then(() => undefined)
}

/** How many frames the player has decoded, the colour of its middle, and how many packets of sound came: it plays none, so nothing measures its tone. */
const played = async () => {
  const { video } = await window.player
  const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 16 })
  const g = canvas.getContext('2d')
  g.drawImage(video, 0, 0, 16, 16)
  const stats = [...(await window.__probe.pcs.at(-1).getStats()).values()].filter((s) => s.type === 'inbound-rtp')
  return {
    frames: stats.find((s) => s.kind === 'video')?.framesDecoded ?? 0,
    voice: stats.find((s) => s.kind === 'audio')?.packetsReceived ?? 0,
    colour: [...g.getImageData(8, 8, 1, 1).data].slice(0, 3),
  }
}

async function inRoom(world, server, browser, room) {
  const person = await world.person(browser, server)
  await person.tab.goto(`${server.url}/r/${room}`)
  await person.click('join')
  await person.inCall()
  return person
}

export const cases = [
  {
    name: 'a page sees and hears an encoder of GStreamer that came by WHIP, and it leaves',
    full: true,
    limit: 60_000,
    async run(world, server) {
      const a = await inRoom(world, server, 'alice', 'studio')
      const encoder = startEncoder(world.network.namespace('b'), `${server.url}/whip/studio`)
      try {
        const connected = () => /^connected$/m.test(encoder.said())
        await until('the encoder to be connected', connected, PATIENCE).catch((error) => { throw new Error(`${error.message}; it said:\n${encoder.said()}`) })
        const seen = await a.picture()
        const [r, g, b] = seen.middles.at(-1) ?? []
        assert.ok(seen.frames >= 8 && r < 90 && g > 160 && b < 90, `a moving green picture: ${JSON.stringify(seen)}`)
        const heard = await a.sound()
        assert.ok(heard.db > -70 && Math.abs(heard.hz - 880) <= 15 && heard.played, `a tone of 880 Hz: ${JSON.stringify(heard)}`)
        assert.equal(await a.offers(), 1, 'one offer, whoever comes')
      } finally {
        await encoder.end()
      }
      assert.match(encoder.said(), /^deleted 200$/m)
      await until('the encoder to be gone', () => a.tab.evaluate(() => !document.querySelector('[data-testid="tile"][data-self="false"]')), PATIENCE)
    },
  },
  {
    name: 'a bare page plays a room by WHEP and says goodbye',
    full: true,
    async run(world, server) {
      const b = await inRoom(world, server, 'bob', 'stage')
      const player = await world.person('alice', server)
      await player.tab.evaluate(play, `${server.url}/whep/stage`)
      const right = (seen) => seen.frames >= 10 && seen.voice >= 20 && seen.colour.every((c, i) => Math.abs(c - MEDIA.bob.colour[i]) <= 60)
      let seen
      await until('the picture and the sound of the room', async () => right((seen = await player.tab.evaluate(played))), PATIENCE)
        .catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(seen)}`) })
      const gone = await player.tab.evaluate(async () => (await fetch((await window.player).resource, { method: 'DELETE' })).status)
      assert.equal(gone, 200)
      assert.equal(await b.offers(), 1)
    },
  },
  {
    name: 'a player by WHEP gets the encoder that came by WHIP',
    full: true,
    limit: 60_000,
    async run(world, server) {
      const player = await world.person('alice', server)
      const encoder = startEncoder(world.network.namespace('b'), `${server.url}/whip/relay`)
      try {
        await until('the encoder to be connected', () => /^connected$/m.test(encoder.said()), PATIENCE)
        await player.tab.evaluate(play, `${server.url}/whep/relay`)
        let seen
        await until('a green picture', async () => {
          seen = await player.tab.evaluate(played)
          return seen.frames >= 10 && seen.colour[1] > 160 && seen.colour[0] < 90
        }, PATIENCE).catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(seen)}`) })
      } finally {
        await encoder.end()
      }
    },
  },
]
