// A viewer made of the client module alone, as an application would use it: it
// sends nothing, says itself whom it wants to see and how large, and looks at
// every frame. The functions run in a page and use nothing from outside.

/** Joins a room; `window.viewer` is there when everybody in `users`, or so many, can be seen. */
export async function enterAsViewer({ room: name, user, users, count = users?.length, late }) {
  const { Client } = await import('/sdk/callrelay.js')
  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (text) {
    if (String(text).includes('"prefer"')) window.viewer.wished = performance.now()
    return send.call(this, text)
  }
  const client = new Client({ name: user })
  await client.connect()
  const room = await client.joinRoom(name, { video: false, microphone: false })
  const elements = new Map()
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
  const g = canvas.getContext('2d', { willReadFrequently: true })
  const viewer = { client, room, wished: 0, onframe: () => undefined }

  /** The element of a track, whose frames are noted with the colour of their middle. */
  viewer.elementOf = (track) => {
    let video = elements.get(track)
    if (video) return video
    video = Object.assign(document.createElement('video'), { muted: true, autoplay: true, playsInline: true })
    video.srcObject = new MediaStream([track])
    // In sight, each at its own place: what is not seen may not be drawn.
    const place = elements.size
    video.style.cssText = `position:fixed;z-index:999;width:180px;top:${110 * (place >> 2)}px;left:${190 * (place & 3)}px`
    document.body.append(video)
    elements.set(track, video)
    void video.play()
    const look = () => {
      g.drawImage(video, video.videoWidth / 2 - 2, video.videoHeight / 2 - 2, 4, 4, 0, 0, 1, 1)
      const frame = { at: performance.now(), video, width: video.videoWidth, colour: [...g.getImageData(0, 0, 1, 1).data].slice(0, 3) }
      viewer.onframe(frame)
      video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)
    return video
  }
  const camera = (u) => room.members.find((m) => m.user === u)?.media.camera
  const until = async (what, probe) => {
    for (const end = performance.now() + late; !probe(); await new Promise((done) => setTimeout(done, 20))) {
      if (performance.now() > end) throw new Error(`no ${what}`)
    }
  }
  viewer.camera = camera
  window.viewer = viewer
  const there = () => users ?? room.members.map((m) => m.user)
  await until('cameras of all', () => there().length === count && there().every((u) => camera(u)))
  return there()
}

/**
 * Looks at one after the other, `times` over. `colours` says by user what the
 * right picture is. Times in ms: `took` from the moment the wish leaves the
 * page, `told` from the moment the page knows of the binding. `wrong` are frames
 * of another after the right one, `early` those before it although the page was told.
 */
export async function rebind({ users, colours, times, late }) {
  const { viewer } = window
  const near = (a, b) => a.every((c, i) => Math.abs(c - b[i]) <= 80)
  const out = { took: [], told: [], gaps: [], wrong: 0, early: 0, never: 0, sameSlot: 0 }
  let last
  const newest = new Map() // time of the newest frame of an element
  for (let i = 0; i < times; i++) {
    const user = users[i % users.length]
    const { publication } = viewer.camera(user)
    let bound, right, settle
    const done = new Promise((resolve) => { settle = resolve })
    viewer.onframe = ({ at, video, colour }) => {
      const before = newest.get(video)
      newest.set(video, at)
      if (!bound || video !== bound.video) return
      const fits = near(colour, colours[user])
      if (right) {
        if (!fits) out.wrong++
      } else if (fits) {
        right = at
        out.took.push(at - viewer.wished)
        out.told.push(at - bound.at)
        if (video === last && before) { out.gaps.push(at - before); out.sameSlot++ }
        settle()
      } else out.early++
    }
    const seen = () => {
      const track = viewer.camera(user)?.track
      // The first wish may move a picture that is shown already to another slot.
      if (track && !right && bound?.video !== viewer.elementOf(track)) bound = { at: performance.now(), video: viewer.elementOf(track) }
    }
    const off = viewer.room.on('members', seen)
    viewer.room.prefer([{ publication, width: 640, height: 360 }])
    seen()
    const timer = setTimeout(() => settle(out.never++), late)
    await done
    clearTimeout(timer)
    off()
    await new Promise((rest) => setTimeout(rest, 60)) // in which no frame of another may come
    last = bound?.video
  }
  viewer.onframe = () => undefined
  return out
}

/** Wants one picture in two sizes in turns, and notes when frames came, their widths, and what the decoder says. */
export async function resize({ user, sizes, times, every }) {
  const { viewer } = window
  const { publication } = viewer.camera(user)
  const frames = []
  viewer.onframe = ({ at, width }) => frames.push({ at, width })
  const wish = (i) => viewer.room.prefer([{ publication, width: sizes[i % sizes.length], height: (sizes[i % sizes.length] * 9) / 16 }])
  wish(0)
  for (let tries = 0; !viewer.camera(user)?.track && tries < 200; tries++) await new Promise((done) => setTimeout(done, 50))
  viewer.elementOf(viewer.camera(user).track)
  await new Promise((done) => setTimeout(done, 3000))
  frames.length = 0
  for (let i = 1; i <= times; i++) {
    wish(i)
    await new Promise((done) => setTimeout(done, every))
  }
  const gaps = frames.slice(1).map((f, i) => f.at - frames[i].at)
  const stats = [...(await window.__probe.pcs.at(-1).getStats()).values()].find((s) => s.type === 'inbound-rtp' && s.kind === 'video' && s.framesDecoded)
  const codec = (await window.__probe.pcs.at(-1).getStats()).get(stats.codecId)?.mimeType
  return {
    codec, frames: frames.length, switches: frames.filter((f, i) => i && f.width !== frames[i - 1].width).length,
    widths: [...new Set(frames.map((f) => f.width))], longest: Math.round(Math.max(...gaps)), over500: gaps.filter((gap) => gap > 500).length,
    lost: stats.packetsLost, nack: stats.nackCount, pli: stats.pliCount, freezes: stats.freezeCount,
  }
}

/** From now on this page offers one codec first for what it sends. */
export function preferCodec(mime) {
  const set = RTCRtpTransceiver.prototype.setCodecPreferences
  RTCRtpTransceiver.prototype.setCodecPreferences = function (codecs) {
    const first = codecs.filter((c) => c.mimeType === mime)
    const sends = this.direction === 'sendonly' && first.length > 0
    return set.call(this, sends ? [...first, ...codecs.filter((c) => c.mimeType !== mime)] : codecs)
  }
}

/** From now on this page's camera is one stream with layers within it. */
export function sendScalable({ mime, mode }) {
  const add = RTCPeerConnection.prototype.addTransceiver
  RTCPeerConnection.prototype.addTransceiver = function (kind, init) {
    const camera = init?.sendEncodings?.some((e) => e.rid)
    if (!camera) return add.call(this, kind, init)
    const transceiver = add.call(this, kind, { ...init, sendEncodings: [{ maxBitrate: 1_500_000, maxFramerate: 15, scalabilityMode: mode }] })
    // A busy machine must not make the picture smaller: its layers would be fewer.
    const parameters = transceiver.sender.getParameters()
    parameters.degradationPreference = 'maintain-resolution'
    void transceiver.sender.setParameters(parameters)
    transceiver.setCodecPreferences = (codecs) => {
      RTCRtpTransceiver.prototype.setCodecPreferences.call(transceiver, codecs.filter((c) => c.mimeType === mime || c.mimeType === 'video/rtx'))
    }
    return transceiver
  }
}
