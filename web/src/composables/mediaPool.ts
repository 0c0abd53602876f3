import { shallowRef, type ShallowRef } from 'vue'

/**
 * The elements that show and sound remote tracks, one for each track, made as
 * soon as the track is known (while it rings) and moved into place later:
 * making one after the click would cost a frame or two. Sound has elements of
 * its own, so that a picture that changes never cuts it.
 */
export interface MediaPool {
  video(track: MediaStreamTrack): HTMLVideoElement
  /** Sounds a track from now on. */
  hear(track: MediaStreamTrack): void
  /** Makes elements ready, without a sound, on tracks that will be needed. */
  prepare(tracks: readonly MediaStreamTrack[]): void
  /** Resolves when a track has a picture, at once if one has. */
  firstPicture(): Promise<void>
  /** Frees the elements of all tracks but these. */
  keep(tracks: ReadonlySet<MediaStreamTrack>): void
  /** To be called in a click: sound that the browser held back plays. */
  unlock(): void
  setOutput(deviceId: string): void
  /** The browser holds sound back until somebody taps. */
  locked: Readonly<ShallowRef<boolean>>
}

type Sink = HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> }

export function createMediaPool(home: HTMLElement): MediaPool {
  const videos = new Map<MediaStreamTrack, HTMLVideoElement>()
  const audios = new Map<MediaStreamTrack, Sink>()
  const heard = new Set<MediaStreamTrack>()
  const locked = shallowRef(false)
  let sink = ''
  let pictured: (() => void)[] = []

  function video(track: MediaStreamTrack): HTMLVideoElement {
    let el = videos.get(track)
    if (!el) {
      el = document.createElement('video')
      el.playsInline = true
      el.autoplay = true
      el.muted = true
      el.disablePictureInPicture = false
      el.srcObject = new MediaStream([track])
      el.className = 'picture'
      el.addEventListener('loadeddata', () => {
        pictured.forEach((tell) => tell())
        pictured = []
      }, { once: true })
      videos.set(track, el)
      void el.play().catch(() => undefined)
    }
    return el
  }

  function audio(track: MediaStreamTrack): Sink {
    let el = audios.get(track)
    if (!el) {
      el = document.createElement('audio') as Sink
      el.autoplay = true
      el.muted = true
      el.srcObject = new MediaStream([track])
      if (sink) void el.setSinkId?.(sink).catch(() => undefined)
      home.append(el)
      audios.set(track, el)
      void el.play().catch(() => undefined)
    }
    return el
  }

  function sound(el: HTMLAudioElement): void {
    el.muted = false
    el.play().then(
      () => (locked.value = false),
      (error: unknown) => {
        // Anything else (the element was freed meanwhile) is no lock.
        if (error instanceof DOMException && error.name === 'NotAllowedError') locked.value = true
      },
    )
  }

  function free(el: HTMLMediaElement): void {
    el.pause()
    el.srcObject = null
    el.remove()
  }

  return {
    video,
    hear(track) {
      heard.add(track)
      sound(audio(track))
    },
    prepare(tracks) {
      for (const track of tracks) if (track.kind === 'audio') audio(track)
      else video(track)
    },
    firstPicture() {
      const there = [...videos.values()].some((el) => el.readyState >= el.HAVE_CURRENT_DATA)
      return there ? Promise.resolve() : new Promise((done) => pictured.push(done))
    },
    keep(tracks) {
      for (const [track, el] of videos) if (!tracks.has(track)) { free(el); videos.delete(track) }
      for (const [track, el] of audios) if (!tracks.has(track)) { free(el); audios.delete(track); heard.delete(track) }
      if (heard.size === 0) locked.value = false
    },
    unlock() {
      for (const el of videos.values()) if (el.paused) void el.play().catch(() => undefined)
      // All of them: nothing comes through before the gate opens, and after it this click was the only one.
      for (const el of audios.values()) sound(el)
    },
    setOutput(deviceId) {
      sink = deviceId
      for (const el of audios.values()) void el.setSinkId?.(sink).catch(() => undefined)
    },
    locked,
  }
}
