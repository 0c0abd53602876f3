import { onScopeDispose } from 'vue'
import { isTyping, keyAction, keyOf, type KeyAction, type KeyContext } from './keys'

export interface CallKeysOptions {
  where: () => KeyContext['where']
  singles: () => boolean
  /** A dialog is open over the page: its own keys act, not these. */
  blocked: () => boolean
  act: (action: KeyAction) => void
  /** Space was let go, or the page lost the keyboard while it was held. */
  talkEnded: () => void
}

/** The page's keys, on the window. */
export function useCallKeys(o: CallKeysOptions): void {
  let talking = false
  const endTalk = () => {
    if (talking) o.talkEnded()
    talking = false
  }
  const down = (e: KeyboardEvent) => {
    if (e.defaultPrevented || o.blocked()) return
    const target = e.target instanceof HTMLElement ? e.target : document.body
    const onStage = target === document.body || target.matches('[data-stage], [data-stage] > [tabindex="-1"], h1')
    const action = keyAction(keyOf(e), {
      where: o.where(), typing: isTyping(target), onStage, singles: o.singles(), armed: true,
      rtl: document.documentElement.dir === 'rtl',
    })
    if (e.key === ' ' && talking) e.preventDefault()
    if (!action || (action === 'talk' && talking)) return
    if (action !== 'close') e.preventDefault()
    if (action === 'talk') talking = true
    o.act(action)
  }
  const up = (e: KeyboardEvent) => {
    if (e.key === ' ') endTalk()
  }
  window.addEventListener('keydown', down)
  window.addEventListener('keyup', up)
  window.addEventListener('blur', endTalk)
  onScopeDispose(() => {
    endTalk()
    window.removeEventListener('keydown', down)
    window.removeEventListener('keyup', up)
    window.removeEventListener('blur', endTalk)
  })
}
