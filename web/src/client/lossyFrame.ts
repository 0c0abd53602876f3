import { Limits, type ParticipantID } from '../protocol/messages'
import { CallrelayError } from './errors'
import type { DataReceived } from './types'

/** A lossy message as bytes: recipient and topic, each with its length in one byte before it, then the payload. */
export function writeLossy(payload: string, topic = '', to: ParticipantID = ''): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const [recipient, subject, rest] = [to, topic, payload].map((text) => encoder.encode(text)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  if (subject.length > Limits.maxTopic) {
    throw new CallrelayError('invalid', `topic is longer than ${Limits.maxTopic} bytes`)
  }
  const frame = new Uint8Array(2 + recipient.length + subject.length + rest.length)
  if (frame.length > Limits.maxLossy) {
    throw new CallrelayError('invalid', `a lossy message is longer than ${Limits.maxLossy} bytes`)
  }
  frame[0] = recipient.length
  frame.set(recipient, 1)
  frame[1 + recipient.length] = subject.length
  frame.set(subject, 2 + recipient.length)
  frame.set(rest, 2 + recipient.length + subject.length)
  return frame
}

/** What arrives: the sender the same way, before the rest. Undefined for what makes no sense. */
export function readLossy(frame: ArrayBuffer): DataReceived | undefined {
  const bytes = new Uint8Array(frame)
  const decoder = new TextDecoder()
  const parts: string[] = []
  let at = 0
  while (parts.length < 3) {
    const length = bytes[at]
    if (length === undefined || bytes.length < at + 1 + length) return undefined
    parts.push(decoder.decode(bytes.subarray(at + 1, at + 1 + length)))
    at += 1 + length
  }
  const [from = '', to = '', topic = ''] = parts
  return { from, ...(to ? { to } : {}), topic, payload: decoder.decode(bytes.subarray(at)), lossy: true }
}
