import { shallowRef } from 'vue'
import { Host } from '../client/host'
import type { Link } from '../client/link'
import type { CallInfo, ConnectionStats, DeviceKind, LocalMedia, Person, RemoteMember } from '../client/types'
import type { Callrelay } from '../composables/callrelay'

/** A Callrelay without a server: its refs are set by a story or a test, its verbs are noted. */
export function createFake() {
  const asked: [verb: string, ...args: unknown[]][] = []
  const note = (verb: string) => (...args: unknown[]) => void asked.push([verb, ...args])
  const noteAsync = (verb: string) => async (...args: unknown[]) => void asked.push([verb, ...args])
  const state = {
    link: shallowRef<Callrelay['link']['value']>({ state: 'up' }),
    self: shallowRef<Callrelay['self']['value']>(),
    canList: shallowRef(true),
    people: shallowRef<readonly Person[]>([]),
    missed: shallowRef<Callrelay['missed']['value']>([]),
    call: shallowRef<CallInfo>(),
    room: shallowRef<Callrelay['room']['value']>(),
    roomEnd: shallowRef<Callrelay['roomEnd']['value']>(),
    lobby: shallowRef<string>(),
    connection: shallowRef<Callrelay['connection']['value']>('connected'),
    members: shallowRef<readonly RemoteMember[]>([]),
    quality: shallowRef<Callrelay['quality']['value']>(),
    speakers: shallowRef<readonly string[]>([]),
    details: shallowRef<Callrelay['details']['value']>(),
    chat: shallowRef<Callrelay['chat']['value']>([]),
    unread: shallowRef(0),
    unanswered: shallowRef<Callrelay['unanswered']['value']>([]),
    screen: shallowRef<LocalMedia>({ on: false, wanted: false }),
    moving: shallowRef(false),
    returning: shallowRef(false),
    early: shallowRef<readonly MediaStreamTrack[]>([]),
    microphone: shallowRef<LocalMedia>({ on: true, wanted: true }),
    camera: shallowRef<LocalMedia>({ on: true, wanted: true }),
    deviceList: shallowRef<Callrelay['deviceList']['value']>({ microphones: [], cameras: [], speakers: [] }),
  }
  const device = () => ({
    state: shallowRef<Callrelay['devices']['camera']['state']['value']>({ state: 'idle' }),
    track: shallowRef<MediaStreamTrack>(),
  })
  const devices = { microphone: device(), camera: device() }
  const granted: Record<DeviceKind, boolean> = { microphone: false, camera: false }
  let stats: ConnectionStats | undefined
  const link = { request: async (type: string, body: unknown) => void asked.push([type, body]) } as unknown as Link
  const host = new Host(link, () => 'r1', () => state.details.value?.options)
  const takers = new Set<(by: string) => void>()
  const reactions = new Set<(from: string, text: string) => void>()

  const callrelay: Callrelay = {
    ...state,
    devices,
    chosen: () => undefined,
    choose: async (...args) => (note('choose')(...args), true),
    chooseSpeaker: note('chooseSpeaker'),
    flipCamera: async () => true,
    granted: async () => granted,
    startPreview: noteAsync('startPreview'),
    stopPreview: note('stopPreview'),
    onPlugged: () => () => undefined,
    setMicrophone(on) {
      note('setMicrophone')(on)
      state.microphone.value = { on, wanted: on }
    },
    setCamera(on) {
      note('setCamera')(on)
      state.camera.value = { on, wanted: on }
    },
    signIn: noteAsync('signIn'),
    signOut: note('signOut'),
    place: noteAsync('place'),
    accept: noteAsync('accept'),
    decline: note('decline'),
    cancel: note('cancel'),
    hangUp: note('hangUp'),
    rate: note('rate'),
    seeRoom: async () => ({ people: 3, lobby: false, canPublish: true }),
    joinRoom: noteAsync('joinRoom'),
    leaveLobby: note('leaveLobby'),
    leaveRoom: note('leaveRoom'),
    dismissRoomEnd: note('dismissRoomEnd'),
    prefer: note('prefer'),
    readChat: note('readChat'),
    say: note('say'),
    sayAgain: note('sayAgain'),
    canShare: () => true,
    shareScreen: async (...args) => (note('shareScreen')(...args), true),
    stopScreen: note('stopScreen'),
    onTakenOver(listener) {
      takers.add(listener)
      return () => takers.delete(listener)
    },
    invite: noteAsync('invite'),
    cancelInvitation: noteAsync('cancelInvitation'),
    raiseHand: noteAsync('raiseHand'),
    react: noteAsync('react'),
    onReaction(listener) {
      reactions.add(listener)
      return () => reactions.delete(listener)
    },
    host: () => host,
    onMuteAsked: () => () => undefined,
    clearMissed: note('clearMissed'),
    setAway: note('setAway'),
    watchStats(listener) {
      if (stats) listener(stats)
      return () => undefined
    },
    onError: () => () => undefined,
  }
  return {
    callrelay, state, devices, granted, asked,
    reacts: (from: string, text: string) => reactions.forEach((listener) => listener(from, text)),
    takesOver: (by: string) => takers.forEach((listener) => listener(by)),
    set stats(value: ConnectionStats) {
      stats = value
    },
  }
}

export type Fake = ReturnType<typeof createFake>
