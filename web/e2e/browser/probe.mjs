// What the tests put into every page before its own scripts: it watches, and
// changes only one thing, the sound processing that would treat a steady tone
// as noise. Times are milliseconds of the epoch, so that two pages and a
// packet capture on one machine can be compared.

/** Runs in the page. Must not use anything from outside itself. */
export function probe() {
  const epoch = (t) => performance.timeOrigin + t
  const state = { pcs: [], log: [], frames: [], offers: 0, captures: [], errors: [], sounds: [], listen: false }
  const note = (what, more) => state.log.length < 5000 && state.log.push({ at: epoch(performance.now()), what, ...more })
  window.__probe = state

  const Real = window.RTCPeerConnection
  if (Real) {
    window.RTCPeerConnection = class extends Real {
      constructor(...args) {
        super(...args)
        state.pcs.push(this)
        this.addEventListener('track', (event) => event.track.kind === 'audio' && state.listen && waitForSound(event.track))
        this.addEventListener('connectionstatechange', () => note('pc', { state: this.connectionState }))
        this.addEventListener('iceconnectionstatechange', () => note('ice', { id: this.iceConnectionState }))
        this.addEventListener('track', () => watchPair(this), { once: true })
      }
      createOffer(...args) {
        state.offers++
        return super.createOffer(...args)
      }
      setLocalDescription(...args) {
        if (!args.length) state.offers++
        return super.setLocalDescription(...args)
      }
    }
  }

  // Each pair of addresses that the browser chooses for a connection.
  function watchPair(pc) {
    const ice = pc.getReceivers()[0]?.transport?.iceTransport
    ice?.addEventListener('selectedcandidatepairchange', () => {
      const pair = ice.getSelectedCandidatePair()
      note('pair', { id: pair && `${pair.local.address}:${pair.local.port} ${pair.local.type} ${pair.local.protocol}` })
    })
  }

  for (const kind of ['online', 'offline']) addEventListener(kind, () => note('network', { id: kind }))
  navigator.connection?.addEventListener('change', () => note('network', { id: 'change' }))

  const devices = navigator.mediaDevices
  if (devices) {
    const capture = devices.getUserMedia.bind(devices)
    devices.getUserMedia = (wish = {}) => {
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
      const audio = wish.audio && { ...(wish.audio === true ? {} : wish.audio), ...plain }
      note('capture', { audio: Boolean(wish.audio), video: Boolean(wish.video) })
      const video = wish.video && state.camera ? { ...(wish.video === true ? {} : wish.video), ...state.camera } : wish.video
      return capture({ ...wish, ...(audio && { audio }), ...(video && { video }) })
    }
  }

  // What is said over the WebSocket, by type.
  const RealSocket = window.WebSocket
  const type = (data) => /"type":"([a-z_]+)"/.exec(data)?.[1]
  window.WebSocket = class extends RealSocket {
    constructor(...args) {
      super(...args)
      note('socket made', { id: document.readyState })
      this.addEventListener('message', (event) => note('got', { id: type(event.data) }))
      this.addEventListener('close', (event) => note('socket closed', { id: String(event.code) }))
    }
    send(data) {
      note('sent', { id: type(data) })
      super.send(data)
    }
  }

  const fetched = window.fetch
  window.fetch = (url, options) => {
    if (new URL(url, location.href).pathname === '/offer') note('sent', { id: 'offer', detail: 'by HTTP' })
    return fetched(url, options)
  }

  // Elements that play need not be in the document.
  const players = new Set()
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...source,
    set(stream) {
      players.add(this)
      source.set.call(this, stream)
      if (this.isConnected && this instanceof HTMLVideoElement) watch(this)
    },
  })

  addEventListener('error', (event) => state.errors.push(String(event.message)))
  addEventListener('unhandledrejection', (event) => state.errors.push(`unhandled: ${event.reason}`))
  for (const kind of ['click', 'keydown']) {
    addEventListener(kind, (event) => {
      const id = event.target.closest?.('[data-testid]')?.dataset.testid
      const at = epoch(event.timeStamp)
      state.log.push({ at, what: kind, id, key: event.key })
    }, true)
  }

  // What is on the page now, by data-testid; a change is noted at once.
  const shown = new Map()
  function look() {
    const now = new Map()
    for (const element of document.querySelectorAll('[data-testid]')) {
      now.set(element.dataset.testid, element.dataset.reason ?? element.dataset.state ?? '')
    }
    for (const [id, detail] of now) if (shown.get(id) !== detail) note('shown', { id, detail })
    for (const id of shown.keys()) if (!now.has(id)) note('gone', { id })
    shown.clear()
    for (const [id, detail] of now) shown.set(id, detail)
    for (const video of document.querySelectorAll('video')) watch(video)
  }
  new MutationObserver(look).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ['data-testid', 'data-reason', 'data-state'],
  })

  const remoteTracks = () => new Set(state.pcs.flatMap((pc) => pc.getReceivers().map((receiver) => receiver.track)))
  // Asked at every frame, so it is looked up once for each stream and number of connections.
  const remoteStreams = new WeakMap()
  const isRemote = (element) => {
    const stream = element.srcObject
    if (!stream?.getTracks) return false
    const known = remoteStreams.get(stream)
    if (known?.pcs === state.pcs.length) return known.remote
    const tracks = remoteTracks()
    const remote = stream.getTracks().some((track) => tracks.has(track))
    remoteStreams.set(stream, { remote, pcs: state.pcs.length })
    return remote
  }
  const isShown = (element) => {
    const box = element.getBoundingClientRect()
    return box.width > 0 && box.height > 0 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  }

  // Every remote frame that is presented, by the time of its callback and the number of its video element.
  // One's own are not asked for: each callback costs the page a turn of its main thread.
  const watched = new WeakSet()
  let videos = 0
  function watch(video) {
    if (watched.has(video) || !video.requestVideoFrameCallback || !isRemote(video)) return
    watched.add(video)
    const of = ++videos
    // Whether it is shown costs a layout: after the first time it is asked for only now and then.
    let unasked = 0
    const frame = (now, about) => {
      if (unasked > 0 || (isRemote(video) && isShown(video))) {
        unasked = unasked > 0 ? unasked - 1 : 9
        if (state.frames.length < 50_000) state.frames.push({ at: epoch(performance.now()), width: about.width, of })
      }
      video.requestVideoFrameCallback(frame)
    }
    video.requestVideoFrameCallback(frame)
  }

  // The first loud sample of a received track, in an AudioWorklet.
  async function waitForSound(track) {
    const code = `registerProcessor('loud', class extends AudioWorkletProcessor {
      process([input]) { return !(input[0]?.some((s) => Math.abs(s) > 0.02) && !this.port.postMessage(0)) } })`
    const context = new AudioContext({ latencyHint: 'interactive' })
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })))
    const node = new AudioWorkletNode(context, 'loud')
    node.port.onmessage = () => {
      state.sounds.push({ at: epoch(performance.now()) })
      node.disconnect()
      context.close()
    }
    context.createMediaStreamSource(new MediaStream([track])).connect(node).connect(context.destination)
    await context.resume()
    note('listening', { state: context.state })
  }

  /**
   * Watches the remote picture: colour of its middle and the counter of each
   * frame, for ms, and on a busy machine on until there are `enough` frames or
   * it is `late`.
   */
  state.picture = async ({ ms, enough, late }) => {
    const find = () => [...document.querySelectorAll('[data-testid="tile"]:not([data-self="true"]) video')].find((v) => isRemote(v) && isShown(v))
    for (const until = performance.now() + late; !find() && performance.now() < until; ) await new Promise((done) => setTimeout(done, 50))
    const video = find()
    if (!video) return { frames: 0, counters: [], middles: [], why: 'no remote video is shown' }
    const canvas = document.createElement('canvas')
    const g = canvas.getContext('2d', { willReadFrequently: true })
    const seen = { frames: 0, counters: [], middles: [], width: 0, height: 0 }
    let watching = true
    const frame = () => {
      if (!watching) return
      seen.frames++
      seen.width = canvas.width = video.videoWidth
      seen.height = canvas.height = video.videoHeight
      g.drawImage(video, 0, 0)
      const at = (x, y) => [...g.getImageData(Math.floor(x), Math.floor(y), 1, 1).data].slice(0, 3)
      let counter = 0
      for (let bit = 0; bit < 7; bit++) if (at((canvas.width * (bit + 0.5)) / 7, canvas.height / 16)[1] > 128) counter |= 1 << bit
      seen.counters.push(counter)
      seen.middles.push(at(canvas.width / 2, canvas.height / 2))
      video.requestVideoFrameCallback(frame)
    }
    video.requestVideoFrameCallback(frame)
    for (const began = performance.now(); ; ) {
      await new Promise((done) => setTimeout(done, 100))
      const passed = performance.now() - began
      if ((passed >= ms && seen.frames >= enough) || passed >= late) break
    }
    watching = false
    return seen
  }

  /**
   * Listens to the received sound for ms, and on a busy machine on until
   * something is heard or it is `late`: its strongest tone, and whether an
   * element plays it. A context that has just begun gives silence for a while.
   */
  state.sound = async (ms, late) => {
    const live = () => state.pcs.flatMap((pc) => (pc.connectionState === 'closed' ? [] : pc.getReceivers()))
      .map((receiver) => receiver.track).find((t) => t.kind === 'audio' && t.readyState === 'live' && !t.muted)
    // It is muted until its first packet.
    for (const until = performance.now() + late; !live() && performance.now() < until; ) await new Promise((done) => setTimeout(done, 50))
    const track = live()
    if (!track) return { why: 'no live audio track' }
    const context = new AudioContext()
    await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 1000))])
    const analyser = context.createAnalyser()
    analyser.fftSize = 8192
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
    // The loudest of several moments: on a busy machine there are gaps.
    const levels = new Float32Array(analyser.frequencyBinCount)
    let loudest = { hz: 0, db: -Infinity }
    for (const began = performance.now(); ; ) {
      await new Promise((done) => setTimeout(done, 100))
      const passed = performance.now() - began
      if (passed >= late || (passed >= ms && loudest.db > -70)) break
      analyser.getFloatFrequencyData(levels)
      let peak = 1
      for (let i = 2; i < levels.length; i++) if (levels[i] > levels[peak]) peak = i
      if (levels[peak] > loudest.db) loudest = { hz: Math.round((peak * context.sampleRate) / analyser.fftSize), db: Math.round(levels[peak]) }
    }
    await context.close()
    const played = [...players].some((e) => e.srcObject?.getTracks().includes(track) && !e.paused && !e.muted && e.volume > 0)
    return { ...loudest, played }
  }

  /** Until so many voices are coming in, or it is `late`: when it was so, in milliseconds of the epoch. */
  state.voices = async (count, late) => {
    const receivers = state.pcs.at(-1)?.getReceivers().filter((r) => r.track.kind === 'audio') ?? []
    const newest = () => receivers.map((r) => r.getSynchronizationSources()[0]?.rtpTimestamp)
    const moved = new Map() // by receiver, when a packet last came
    for (let before = newest(), until = performance.now() + late; performance.now() < until; ) {
      await new Promise((done) => setTimeout(done, 20))
      const now = newest()
      now.forEach((stamp, i) => stamp !== before[i] && moved.set(i, performance.now()))
      before = now
      if ([...moved.values()].filter((at) => performance.now() - at < 150).length >= count) return epoch(performance.now())
    }
    return null
  }

  /** The far end of the selected candidate pair of every living connection. */
  state.pairs = async () => {
    const ends = []
    for (const pc of state.pcs) {
      if (pc.connectionState !== 'connected') continue
      const stats = await pc.getStats()
      const all = [...stats.values()]
      const transport = all.find((s) => s.type === 'transport' && s.selectedCandidatePairId)
      const pair = transport ? stats.get(transport.selectedCandidatePairId) : all.find((s) => s.type === 'candidate-pair' && (s.selected || s.nominated) && s.state === 'succeeded')
      const remote = pair && stats.get(pair.remoteCandidateId)
      ends.push(remote ? `${remote.address ?? remote.ip}:${remote.port}/${remote.protocol}` : 'none')
    }
    return ends
  }

  /** Bytes and packets of each RTP stream, by direction and kind. */
  state.streams = async () => {
    const out = []
    for (const pc of state.pcs) {
      if (pc.connectionState === 'closed') continue
      for (const s of (await pc.getStats()).values()) {
        if (s.type === 'inbound-rtp' || s.type === 'outbound-rtp') {
          out.push({ up: s.type === 'outbound-rtp', kind: s.kind, rid: s.rid, bytes: s.bytesSent ?? s.bytesReceived, packets: s.packetsSent ?? s.packetsReceived,
            width: s.frameWidth, decoded: s.framesDecoded, encoded: s.framesEncoded, lost: s.packetsLost, nack: s.nackCount, pli: s.pliCount,
            freezes: s.freezeCount, limit: s.qualityLimitationReason, target: s.targetBitrate,
            level: s.audioLevel, concealed: s.concealedSamples, heard: s.totalAudioEnergy, mid: s.mid })
        }
      }
    }
    return out
  }
}
