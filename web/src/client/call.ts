import type { CallView, RoomView } from '../protocol/messages'
import { callInfo, endedHere, placedCall } from './callState'
import { CallrelayError, toClientError } from './errors'
import { Room } from './room'
import type { RoomContext } from './roomEvents'
import type { CallInfo, ClientError, EndReason } from './types'

/** Longer than the grace of a seat: what ends a call is said as soon as the server can be reached. */
const END_TIMEOUT_MS = 70_000

/**
 * A call: a room with a ring state. Its connection is made while it rings, on
 * both sides, without asking for a permission on the callee's; accept only opens
 * the gate. What the person decides is shown at once and told to the server after.
 */
export class Call extends Room {
  private current: CallInfo

  private constructor(context: RoomContext, info: CallInfo) {
    super(context)
    this.current = info
  }

  /** @internal Calls `user`; the devices open now, and the other side sees nothing before it accepts. */
  static place(
    context: RoomContext,
    user: string,
    video: boolean,
    sources: { microphone: boolean; camera: boolean },
  ): Call {
    const call = new Call(context, placedCall(context.env.makeID(), user, video))
    call.startSources(sources)
    call.openGate()
    context.link.request('place', { call: call.current.id, callee: user, video }).then(
      (reply) => call.applyCall(reply.call),
      (error: unknown) => call.fail(toClientError(error)),
    )
    return call
  }

  /** @internal A call that the server told of: one that rings here, or one that a reload came back to. */
  static from(context: RoomContext, view: CallView): Call {
    const call = new Call(context, callInfo(undefined, view, performance.now()))
    call.takeSeat(view.participant)
    const back = view.direction === 'outgoing' || view.state === 'active'
    if (back) call.comeBack({ microphone: true, camera: view.video })
    call.connect(view.generation)
    return call
  }

  /** The call's state as a value; each change is a new object and the event "call". */
  get info(): CallInfo {
    return this.current
  }

  /** Takes the call. Call it in the click, so that the browser lets sound play and asks for devices. */
  async accept(options: { video?: boolean; microphone?: boolean } = {}): Promise<void> {
    const { id, direction, state } = this.current
    if (direction !== 'incoming' || state !== 'ringing') throw new CallrelayError('wrong_state', `the call is ${state}`)
    const video = options.video ?? this.current.video
    const accepted = this.context.link.request('accept', { call: id, video })
    this.startSources({ microphone: options.microphone ?? true, camera: video })
    this.openGate()
    try {
      this.applyCall((await accepted).call)
    } catch (error) {
      // Answered elsewhere, or cancelled in between: the server's event says so, unless it is lost.
      this.fail(toClientError(error))
      throw error
    }
  }

  /** Refuses an incoming call on all devices of the person. */
  decline(note?: string): void {
    this.endHere('declined', 'decline', note)
  }

  /** Gives up one's own call that is not answered yet. */
  cancel(): void {
    this.endHere('cancelled', 'cancel')
  }

  /** Ends the call, or leaves it when it has grown; in any state the right thing. */
  hangUp(): void {
    const { state, direction } = this.current
    if (state === 'active') this.endHere('hangup', 'hang_up')
    else if (direction === 'outgoing') this.cancel()
    else this.decline()
  }

  override leave(): void {
    this.hangUp()
  }

  /** @internal */
  applyCall(view: CallView): void {
    const before = this.current
    const after = callInfo(before, view, performance.now())
    if (after === before) return
    this.current = after
    this.takeSeat(after.participant)
    if (after.state === 'ended') {
      this.finish(after.reason ?? 'failed')
    } else {
      this.connect(view.generation)
    }
    this.emit('call', after)
  }

  /** @internal Whether `view` is the callee's own call to this side, made in the same moment. */
  crosses(view: CallView): boolean {
    const { direction, state, room, peer } = this.current
    return (
      direction === 'outgoing' &&
      state === 'calling' &&
      room === '' &&
      view.direction === 'incoming' &&
      view.peer.user === peer.user
    )
  }

  /** @internal */
  override applyRoom(view: RoomView): void {
    // A room that comes late does not bring an ended call back.
    if (this.current.state !== 'ended') super.applyRoom(view)
  }

  /** @internal The server no longer knows of this call. */
  lose(): void {
    this.end(endedHere(this.current, 'lost', performance.now()))
  }

  private fail(error: ClientError): void {
    if (this.current.state === 'ended') return
    this.emit('error', error)
    this.end(endedHere(this.current, 'failed', performance.now(), error))
  }

  private endHere(reason: EndReason, how: 'decline' | 'cancel' | 'hang_up', note?: string): void {
    const { id, state } = this.current
    if (state === 'ended') return
    this.end(endedHere(this.current, reason, performance.now()))
    const { link } = this.context
    const asked =
      how === 'decline'
        ? link.request(how, { call: id, note }, END_TIMEOUT_MS)
        : link.request(how, { call: id }, END_TIMEOUT_MS)
    asked.catch((error: unknown) => {
      // It was answered in the same moment: then this hangs up.
      const late = error instanceof CallrelayError && error.code === 'wrong_state' && how !== 'hang_up'
      if (late) link.request('hang_up', { call: id }, END_TIMEOUT_MS).catch(() => undefined)
    })
  }

  private end(info: CallInfo): void {
    if (this.current.state === 'ended') return
    this.current = info
    this.finish(info.reason ?? 'failed')
    this.emit('call', info)
  }
}
