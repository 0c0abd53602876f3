import type { ErrorCode } from '../protocol/messages'
import type { ClientError } from './types'

/** Codes of the client's own, beside the server's. */
export type OwnErrorCode =
  /** The browser has no WebRTC. */
  | 'unsupported'
  /** No answer from the server in time. */
  | 'timeout'
  /** The client was closed, or its session is over. */
  | 'closed'
  /** Another page took this session over. */
  | 'replaced'
  /** A host did not let one in from the lobby. */
  | 'refused'
  /** The connection to the server was lost. */
  | 'disconnected'
  /** The server's message made no sense. */
  | 'bad_server'
  /** A device or the screen cannot be used; the message says why. */
  | 'device'

/** An error with a stable code; the sentence is for developers. */
export class CallrelayError extends Error implements ClientError {
  readonly code: ErrorCode | OwnErrorCode
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode | OwnErrorCode, message: string, retryAfterMs?: number) {
    super(message)
    this.name = 'CallrelayError'
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

/** Any thrown value as an error with a code. */
export function toClientError(error: unknown): ClientError {
  if (error instanceof CallrelayError) return error
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}
