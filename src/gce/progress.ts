/** Shows the progress of a plan on stderr: updated in place on a terminal, one line for each change elsewhere. */
import {Listr, ListrLogger, ProcessOutput, type ListrTask} from 'listr2'
import {oneLine} from '../diagnostics/escape.js'
import {messageOf} from '../diagnostics/failure.js'
import type {StepRun} from './execute.js'
import {wavesOf} from './plan.js'

export type ProgressOptions = {
  /** Whether lines can be updated in place. */
  readonly terminal: boolean
  readonly stream: NodeJS.WriteStream
}

/** How a step reports its progress, by the id of the step. */
export type StepNotices = Map<string, (words: string) => void>

/** Resolves when all steps have ended. Steps that can start at the same time are shown together. */
export async function showProgress(
  runs: readonly StepRun[],
  notices: StepNotices,
  {terminal, stream}: ProgressOptions,
): Promise<void> {
  const output = new ProcessOutput(stream, stream)
  const byId = new Map(runs.map((run) => [run.step.id, run]))
  for (const wave of wavesOf(runs.map(({step}) => step))) {
    const tasks = wave.map(({id}) => taskOf(byId.get(id) as StepRun, notices))
    await new Listr<unknown, 'default' | 'simple', 'simple'>(tasks, {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: terminal ? 'default' : 'simple',
      rendererOptions: {logger: new ListrLogger({processOutput: output}), collapseErrors: false},
    }).run()
  }
}

function taskOf({step, started, ended}: StepRun, notices: StepNotices): ListrTask {
  return {
    title: step.id,
    task: async (_, task) => {
      await started
      notices.set(step.id, (words) => {
        task.output = oneLine(words)
      })
      const {state, error} = await ended
      if (state === 'not-reached') task.skip(`${step.id} (not started)`)
      if (state === 'found') task.title = `${step.id} (already done)`
      // The whole message is printed at the end.
      if (state === 'failed') throw new Error(oneLine(messageOf(error).split('\n')[0] ?? ''))
    },
  }
}
