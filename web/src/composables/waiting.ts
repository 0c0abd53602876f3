import { inject, provide, ref, type InjectionKey, type Ref } from 'vue'

/*
 * The call screen is made while it rings and stays unseen, since making and
 * laying it out takes longer than the first picture to come. The answer then
 * only has to show it.
 */

const waitingKey: InjectionKey<Readonly<Ref<boolean>>> = Symbol('waiting')

/** Says for all components below whether their screen is not shown yet. */
export function provideWaiting(waiting: Readonly<Ref<boolean>>): void {
  provide(waitingKey, waiting)
}

/** Whether the screen that this component is in is not shown yet. */
export function useWaiting(): Readonly<Ref<boolean>> {
  return inject(waitingKey, ref(false))
}

/** Names elements for automation; on a screen that is not shown yet they have no names, so that nobody finds them. */
export function useTestId(): (id: string) => string | undefined {
  const waiting = useWaiting()
  return (id) => (waiting.value ? undefined : id)
}
