/** Shows on stderr how a plan is walked: moving lines on a terminal, plain lines elsewhere. */
import {Listr, ListrLogger, ProcessOutput, type ListrTask} from 'listr2'
import {oneLine} from '../diagnostics/escape.js'
import {messageOf} from '../diagnostics/failure.js'
import type {Walk} from './execute.js'
import {wavesOf} from './plan.js'

export type ProgressOptions = {
  /** Whether lines can be rewritten. */
  readonly terminal: boolean
  readonly stream: NodeJS.WriteStream
}

/** Where a step says how far it is, by its id. */
export type Notices = Map<string, (words: string) => void>

/** Resolves when all have ended. Tasks that can start at the same time are shown together. */
export async function showProgress(
  walks: readonly Walk[],
  notices: Notices,
  {terminal, stream}: ProgressOptions,
): Promise<void> {
  const output = new ProcessOutput(stream, stream)
  const byId = new Map(walks.map((walk) => [walk.step.id, walk]))
  for (const wave of wavesOf(walks.map(({step}) => step))) {
    const tasks = wave.map(({id}) => taskOf(byId.get(id) as Walk, notices))
    await new Listr<unknown, 'default' | 'simple', 'simple'>(tasks, {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: terminal ? 'default' : 'simple',
      rendererOptions: {logger: new ListrLogger({processOutput: output}), collapseErrors: false},
    }).run()
  }
}

function taskOf({step, started, ended}: Walk, notices: Notices): ListrTask {
  return {
    title: step.id,
    task: async (_, task) => {
      await started
      notices.set(step.id, (words) => {
        task.output = oneLine(words)
      })
      const {state, error} = await ended
      if (state === 'not-reached') task.skip(`${step.id} (not started)`)
      if (state === 'found') task.title = `${step.id} (was done already)`
      // Told in full when all is over.
      if (state === 'failed') throw new Error(oneLine(messageOf(error).split('\n')[0] ?? ''))
    },
  }
}
