import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { deviceHelp } from '../composables/deviceHelp'
import { errorKey, reasonKey } from '../composables/reason'
import { endReasons, errorCodes } from '../protocol/messages'
import diagEn from './messages/diag.en.json'
import diagZh from './messages/diag.zh-Hans.json'
import en from './messages/en.json'
import zh from './messages/zh-Hans.json'

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(prefix + key, value)
    else for (const [k, v] of flat(value, `${prefix}${key}.`)) all.set(k, v)
  }
  return all
}

const english = flat({ ...en, ...diagEn } as Tree)
const chinese = flat({ ...zh, ...diagZh } as Tree)
const params = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort()

/** Names and words that are the same in both languages. */
const SAME = new Set(['app.name', 'app.home', 'stats.udp', 'stats.tcp', 'stats.none', 'keys.esc', 'keys.shift', 'keys.enter', 'keys.ctrl', 'language.en', 'language.zh-Hans', 'tab.missed', 'room.about'])

describe('messages', () => {
  it('have the same keys in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  })

  it('take the same parameters in both languages', () => {
    for (const [key, text] of english) {
      const wanted = params(text).filter((p) => !(text.includes(' | ') && p === 'name'))
      expect([key, params(chinese.get(key) ?? '').filter((p) => wanted.includes(p))]).toEqual([key, wanted])
    }
  })

  it('leave no English in Chinese', () => {
    for (const [key, text] of chinese) {
      if (SAME.has(key) || key === 'language.switch') continue
      expect([key, /\p{Script=Han}/u.test(text)]).toEqual([key, true])
      expect([key, text === english.get(key)]).toEqual([key, false])
    }
  })

  it('use curly quotes in English and full-width punctuation in Chinese', () => {
    for (const [key, text] of english) expect([key, /['"]/.test(text)]).toEqual([key, false])
    for (const [key, text] of chinese) expect([key, /\p{Script=Han}[,;!?:]/u.test(text)]).toEqual([key, false])
  })

  it('say each end reason of the protocol in a sentence of its own', () => {
    const said = endReasons.map((reason) => english.get(reasonKey({ reason })))
    expect(said).not.toContain(undefined)
    expect(new Set(said).size).toBe(endReasons.length)
    for (const reason of endReasons) for (const by of ['self', 'peer', 'server'] as const)
      expect([reason, by, english.has(reasonKey({ reason, by, note: 'x' }))]).toEqual([reason, by, true])
  })

  it('say error codes of the protocol in sentences, and an unknown one in a general sentence with the code', () => {
    for (const code of errorCodes) expect([code, english.has(errorKey(code))]).toEqual([code, true])
    expect(errorKey('made_up')).toBe('error.general')
    expect(params(english.get('error.general') ?? '')).toEqual(['code'])
    expect(params(chinese.get('error.general') ?? '')).toEqual(['code'])
  })

  it('have every text of the device help', () => {
    const states = ['denied', 'dismissed', 'system', 'none', 'busy', 'insecure', 'unsupported', 'interrupted', 'lost'] as const
    for (const help of ['chromium', 'firefox', 'safari', 'ios', 'android'] as const)
      for (const kind of ['microphone', 'camera'] as const)
        for (const state of states) {
          const found = deviceHelp(kind, state, { os: 'x', help, inApp: false })
          for (const key of [found?.text, ...(found?.steps ?? []), ...(found?.retry ? [found.retry] : [])])
            expect([key, english.has(key ?? '')]).toEqual([key, true])
        }
  })

  it('keep the main buttons to two words, so that a row of them survives longer languages', () => {
    for (const key of ['accept', 'audioOnly', 'decline', 'cancel', 'call', 'callAgain', 'home', 'join', 'hangUp', 'continue'])
      expect((english.get(`action.${key}`) ?? '').split(' ').length).toBeLessThanOrEqual(2)
  })
})

describe('the page', () => {
  const files = (dir: string): string[] =>
    readdirSync(dir, { withFileTypes: true }).flatMap((f) =>
      f.isDirectory() ? files(`${dir}/${f.name}`) : /\.(vue|ts)$/.test(f.name) && !/\.test\.ts$/.test(f.name) ? [`${dir}/${f.name}`] : [],
    )
  const source = [...files('src/components'), ...files('src/composables'), ...files('src/diag'), 'src/App.vue'].map((f) => readFileSync(f, 'utf8')).join('\n')

  it('uses only messages that are there', () => {
    const used = [...source.matchAll(/(?:keypath=|t\([^')]*)["']([a-z]+\.[A-Za-z0-9_.-]+)["']/g)].map((m) => m[1] ?? '')
    expect(used.length).toBeGreaterThan(100)
    for (const key of used) expect([key, english.has(key)]).toEqual([key, true])
  })

  it('uses every message', () => {
    // Those whose key is put together of a prefix and a value.
    const dynamic = /^(diag\.(state|row|verdict|verdictDo|browser|secure|microphone|camera|websocket|udp|tcp|relayTcp|relayTls)\.|reason|error|quality|presence|stats|keys|help|device|trouble|language|call\.corner|room\.(mode|reaction)\.|settings\.(audio|video|general)$|incoming\.(later|meeting|cannot)$)/
    for (const key of english.keys()) if (!dynamic.test(key)) expect([key, source.includes(`'${key}'`) || source.includes(`"${key}"`)]).toEqual([key, true])
  })
})
