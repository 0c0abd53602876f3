import type { WelcomeMessage } from '../protocol/messages'

/** The welcome of a new session, but for what a test changes. */
export const welcome = (change: Partial<WelcomeMessage> = {}): WelcomeMessage => ({
  type: 'welcome',
  re: 1,
  version: 1,
  outcome: 'new',
  session: 's',
  cursor: 'c',
  user: 'ada',
  name: 'Ada',
  grace_ms: 60_000,
  away_grace_ms: 5_000,
  ring_ms: 30_000,
  can_list: true,
  ...change,
})
