import { shallowRef, type ShallowRef } from 'vue'

/** What is asked before something that cannot be taken back. */
export interface Question {
  text: string
  /** The button that does it. */
  action: string
  /** It ends something: the button is red. */
  ends?: boolean
}

export interface Questions {
  /** What is asked now. */
  asked: Readonly<ShallowRef<Question | undefined>>
  /** Resolves with the answer; no when another question takes its place. */
  ask(question: Question): Promise<boolean>
  answer(yes: boolean): void
}

/** One question at a time, shown by the page itself: a browser's own dialog stops the page and leaves full screen. */
export function createQuestions(): Questions {
  const asked = shallowRef<Question>()
  let resolve: ((yes: boolean) => void) | undefined
  const answer = (yes: boolean) => {
    const done = resolve
    resolve = asked.value = undefined
    done?.(yes)
  }
  return {
    asked,
    answer,
    ask(question) {
      answer(false)
      asked.value = question
      return new Promise((done) => (resolve = done))
    },
  }
}
