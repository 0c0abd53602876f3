/** Runs asynchronous jobs one after the other; one that fails does not stop the next. */
export class JobQueue {
  private last: Promise<unknown> = Promise.resolve()

  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.last.then(job)
    this.last = result.catch(() => undefined)
    return result
  }
}
