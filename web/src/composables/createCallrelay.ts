import { shallowRef } from 'vue'
import { browserEnvironment, Client, Devices, type Call, type ClientOptions, type Room } from '../client'
import type { CallInfo, ClientError, ConnectionState, DeviceKind, LocalMedia, Quality, RemoteMember } from '../client/types'
import type { Callrelay, PreviewOwner, RoomEnd, RoomInfo } from './callrelay'
import { seenDevice } from './seenDevice'

type Stop = () => void

/**
 * The real client as the page sees it. The devices are made once and outlive
 * a client, so that a preview can be shown before anybody signed in.
 */
export function createCallrelay(options: Pick<ClientOptions, 'url'> = {}): Callrelay {
  const devices = new Devices(browserEnvironment())
  let client: Client | undefined
  let room: Room | undefined
  let offs: Stop[] = []

  const link = shallowRef<Client['link']>({ state: 'idle' })
  const self = shallowRef<Client['me']>()
  const canList = shallowRef(false)
  const people = shallowRef<Client['people']>([])
  const missed = shallowRef<Client['missed']>([])
  const call = shallowRef<CallInfo>()
  const roomInfo = shallowRef<RoomInfo>()
  const roomEnd = shallowRef<RoomEnd>()
  const connection = shallowRef<ConnectionState>('idle')
  const members = shallowRef<readonly RemoteMember[]>([])
  const quality = shallowRef<Quality>()
  const moving = shallowRef(false)
  const early = shallowRef<readonly MediaStreamTrack[]>([])
  /** What the person chose before any call. A call that rings here wants nothing yet, so it is not asked. */
  const wish: Record<DeviceKind, boolean> = { microphone: true, camera: true }
  const microphone = shallowRef<LocalMedia>({ on: false, wanted: true })
  const camera = shallowRef<LocalMedia>({ on: false, wanted: true })
  const deviceList = shallowRef(devices.list)
  const errorListeners = new Set<(error: ClientError) => void>()
  const report = (error: ClientError) => errorListeners.forEach((listener) => listener(error))

  devices.on('list', (list) => (deviceList.value = list))
  void devices.refresh()

  function attach(now: Client): void {
    client = now
    now.on('link', (state) => (link.value = state))
    now.on('me', (me) => {
      self.value = me
      canList.value = now.canList
      moving.value = false
    })
    now.on('people', (list) => (people.value = list))
    now.on('missed', (list) => (missed.value = list))
    // Listening is what lets the client tell the caller that it rings here.
    now.on('incoming', () => undefined)
    now.on('call', (c) => seeCall(c))
    now.on('room', (r) => seeRoom(r))
    now.on('draining', () => (moving.value = true))
    now.on('error', report)
  }

  function seeCall(now: Call): void {
    if (now !== room && now.info.state !== 'ended') follow(now)
    call.value = now.info
    readTracks(now)
    if (now.info.state === 'ended' && now === room) release()
  }

  function seeRoom(now: Room): void {
    if (now === room) return
    follow(now)
    roomEnd.value = undefined
    roomInfo.value = { name: now.name, self: now.self, since: performance.now() }
    now.once('ended', (reason) => {
      if (now !== room) return
      const info = roomInfo.value
      roomEnd.value = {
        name: now.name, reason, byMe: leaving === now, durationMs: info ? Math.round(performance.now() - info.since) : 0,
      }
      release()
    })
  }

  /** Shows the state of a call or room from now on. */
  function follow(now: Room): void {
    release()
    room = now
    const read = () => {
      members.value = now.members
      connection.value = now.connectionState
      quality.value = now.quality
      microphone.value = now.local.microphone
      camera.value = now.local.camera
      readTracks(now)
    }
    offs = [
      now.on('members', (list) => {
        members.value = list
        if (roomInfo.value && roomInfo.value.self !== now.self) roomInfo.value = { ...roomInfo.value, self: now.self }
      }),
      now.on('connection', (state) => {
        connection.value = state
        readTracks(now)
      }),
      now.on('quality', (q) => (quality.value = q)),
      now.on('local', (source, media) => {
        if (source === 'microphone') microphone.value = media
        if (source === 'camera') camera.value = media
      }),
    ]
    read()
  }

  /** While it rings the first slot of each kind is what the other side's will be. */
  function readTracks(now: Room): void {
    if (now !== room) return
    const { audio, video } = now.slotTracks
    const tracks = [audio[0], video[0]].filter((track) => track !== undefined)
    if (tracks.length !== early.value.length || tracks.some((track, i) => track !== early.value[i])) early.value = tracks
  }

  function release(): void {
    offs.forEach((off) => off())
    offs = []
    room = undefined
    roomInfo.value = undefined
    members.value = []
    early.value = []
    quality.value = undefined
    connection.value = 'idle'
    microphone.value = { on: false, wanted: wish.microphone }
    camera.value = { on: false, wanted: wish.camera }
  }

  let leaving: Room | undefined

  function set(kind: DeviceKind, on: boolean): void {
    if (room) {
      if (kind === 'microphone') room.setMicrophone(on)
      else room.setCamera(on)
      return
    }
    const seen = kind === 'microphone' ? microphone : camera
    wish[kind] = on
    seen.value = { on: false, wanted: on }
    if (!on) devices.device(kind).stop()
  }

  function needed(): Client {
    if (!client) throw new Error('not signed in')
    return client
  }

  return {
    link, self, canList, people, missed, call, room: roomInfo, roomEnd, connection, members, quality, moving, early,
    devices: { microphone: seenDevice(devices.microphone), camera: seenDevice(devices.camera) },
    deviceList, microphone, camera,
    chosen: (kind) => (kind === 'speaker' ? devices.speaker : devices.device(kind).chosen),
    choose: (kind, id) => devices.device(kind).choose(id),
    chooseSpeaker: (id) => void (devices.speaker = id),
    flipCamera: () => devices.camera.flip(),
    granted: () => devices.granted(),
    startPreview(kinds, owner: PreviewOwner = 'preview') {
      return devices.start({ microphone: kinds.includes('microphone'), camera: kinds.includes('camera') }, owner)
    },
    stopPreview: (owner: PreviewOwner = 'preview') => devices.release(owner),
    onPlugged: (listener) => devices.on('plugged', listener),
    setMicrophone: (on) => set('microphone', on),
    setCamera: (on) => set('camera', on),
    async signIn({ name, token }) {
      client?.close()
      release()
      call.value = undefined
      attach(new Client({ ...options, name, token, devices }))
      await needed().connect()
    },
    signOut() {
      client?.close()
      client = undefined
      release()
      self.value = undefined
      people.value = missed.value = []
      link.value = { state: 'idle' }
    },
    async place(user, { video }) {
      needed().place(user, { video, camera: video && camera.value.wanted, microphone: microphone.value.wanted })
    },
    accept: ({ video }) => needed().call?.accept({ video, microphone: wish.microphone }) ?? Promise.resolve(),
    decline: (note) => client?.call?.decline(note),
    cancel: () => client?.call?.cancel(),
    hangUp: () => client?.call?.hangUp(),
    async joinRoom(name, { video }) {
      const wanted = { video: video && camera.value.wanted, microphone: microphone.value.wanted }
      seeRoom(await needed().joinRoom(name, wanted))
    },
    leaveRoom() {
      leaving = room
      room?.leave()
    },
    dismissRoomEnd: () => (roomEnd.value = undefined),
    clearMissed: () => client?.clearMissed(),
    setAway: (away) => client?.setAway(away),
    watchStats: (listener) => room?.watchStats(listener) ?? (() => undefined),
    onError(listener) {
      errorListeners.add(listener)
      return () => errorListeners.delete(listener)
    },
  }
}
