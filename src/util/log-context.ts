/** Fields that belong to all log lines of a task, in whatever module they are logged: createLoggers adds them. */
import {AsyncLocalStorage} from 'node:async_hooks'
import type {LogFields} from './logger.js'

const storage = new AsyncLocalStorage<{fields: LogFields}>()

/**
 * Adds `fields` to the log lines of `work` until it settles. Lines of other tasks do not get them, nor do lines of timers and
 * processes that `work` starts and that outlive it.
 */
export async function withLogFields<T>(fields: LogFields, work: () => Promise<T>): Promise<T> {
  const context = {fields}
  try {
    return await storage.run(context, work)
  } finally {
    context.fields = {}
  }
}

/** The fields of the current task. */
export function currentLogFields(): LogFields {
  return storage.getStore()?.fields ?? {}
}
