import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import { parseAddress, type Address } from './address'

/** The page's address: what it asked for at first, the room it names now, and a way to another path. */
export function useRoute(): { address: Address; room: Readonly<ShallowRef<string | undefined>>; go(path: string): void } {
  const address = parseAddress(new URL(location.href))
  const room = shallowRef(address.room)
  const read = () => (room.value = parseAddress(new URL(location.href)).room)
  addEventListener('popstate', read)
  onScopeDispose(() => removeEventListener('popstate', read))
  if (address.token) {
    // A token is a secret: out of the address bar, the history and what is copied from there.
    history.replaceState(null, '', location.pathname)
  }
  return {
    address,
    room,
    go(path) {
      if (path !== location.pathname) history.pushState(null, '', path)
      read()
      scrollTo(0, 0)
    },
  }
}
