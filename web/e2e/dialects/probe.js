// What is put before every page, tutorial's or the product's own: a camera and
// a microphone that can be told apart, and sight of what the page shows.
{
  const query = new URLSearchParams(location.search)
  const pcs = []
  const Native = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args)
      pcs.push(this)
    }
  }
  const probe = (window.probe = { errors: [], firstFrame: 0 })
  window.addEventListener('error', (e) => probe.errors.push(String(e.message)))
  window.addEventListener('unhandledrejection', (e) => probe.errors.push(String(e.reason)))

  let made
  /** A stream of one colour and one tone, named in the page's address. */
  probe.media = () => {
    if (made) return made.clone()
    const canvas = document.createElement('canvas')
    canvas.width = 320
    canvas.height = 240
    const context = canvas.getContext('2d')
    setInterval(() => {
      context.fillStyle = query.get('colour')
      context.fillRect(0, 0, 320, 240)
      context.fillStyle = 'black'
      context.fillRect((Date.now() / 10) % 300, 220, 20, 20)
    }, 40)
    const audio = new AudioContext()
    const tone = audio.createOscillator()
    tone.frequency.value = Number(query.get('tone'))
    const out = audio.createMediaStreamDestination()
    tone.connect(out)
    tone.start()
    made = new MediaStream([...out.stream.getTracks(), ...canvas.captureStream(25).getTracks()])
    return made.clone()
  }
  if (query.has('colour') && navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = probe.media()
      for (const track of stream.getTracks()) if (!wanted?.[track.kind]) stream.removeTrack(track)
      return stream
    }

  const videos = () =>
    [...document.querySelectorAll('video.remote, [data-testid="tile"] video')].filter((v) => v.srcObject && v.videoWidth)
  const strongest = ([r, g, b]) => {
    const most = Math.max(r, g, b)
    return most < 80 ? 'dark' : ['red', 'lime', 'blue'][[r, g, b].indexOf(most)]
  }
  /** The colour of each picture of others that is shown. */
  probe.colours = () =>
    videos().map((video) => {
      const canvas = document.createElement('canvas')
      canvas.width = canvas.height = 8
      const c = canvas.getContext('2d')
      c.drawImage(video, 0, 0, 8, 8)
      return strongest([...c.getImageData(3, 2, 1, 1).data])
    })
  const now = () => performance.timeOrigin + performance.now()
  /** Notes when the first picture of a stream is shown. */
  probe.watch = (video) => {
    probe.firstFrame = 0
    const stream = video.srcObject
    video.requestVideoFrameCallback(() => {
      if (video.srcObject === stream) probe.firstFrame = now()
    })
  }
  probe.mark = (name) => (probe[name] = now())

  const live = () => {
    const open = pcs.filter((pc) => pc.connectionState === 'connected')
    return document.querySelector('video.remote') && !document.querySelector('video.each') ? open.slice(-1) : open
  }
  /** Where the media of the live connections end; one without media is a data connection. */
  probe.ends = async () => {
    const ends = []
    for (const pc of live()) {
      if (pc.getReceivers().length === 0) continue
      const stats = [...(await pc.getStats()).values()]
      const pair = stats.find((s) => s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded')
      const remote = pair && stats.find((s) => s.id === pair.remoteCandidateId)
      ends.push(remote ? remote.port : 0)
    }
    return ends
  }
  /** The tones that come in, in Hz. */
  probe.tones = async () => {
    const audio = new AudioContext()
    const heard = []
    for (const pc of live())
      for (const { track } of pc.getReceivers()) {
        if (track.kind !== 'audio' || track.readyState !== 'live') continue
        const analyser = audio.createAnalyser()
        analyser.fftSize = 4096
        audio.createMediaStreamSource(new MediaStream([track])).connect(analyser)
        heard.push(analyser)
      }
    const tones = new Set()
    for (let tries = 0; tries < 40 && tones.size === 0; tries++) {
      await new Promise((done) => setTimeout(done, 100))
      for (const analyser of heard) {
        const bins = new Float32Array(analyser.frequencyBinCount)
        analyser.getFloatFrequencyData(bins)
        const loudest = bins.indexOf(Math.max(...bins))
        if (bins[loudest] > -60) tones.add(Math.round((loudest * audio.sampleRate) / analyser.fftSize))
      }
    }
    await audio.close()
    return [...tones]
  }
}
