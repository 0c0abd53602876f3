/** Runs asynchronous jobs one after the other; one that fails does not stop the next. */
export class JobQueue {
  private last: Promise<unknown> | undefined

  /** Starts `job` at once, in the caller's own task, when none is under way. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.last ? this.last.then(job) : job()
    const done = result.catch(() => undefined).then(() => {
      if (this.last === done) this.last = undefined
    })
    this.last = done
    return result
  }
}
