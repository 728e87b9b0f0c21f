/**
 * Every command line that the docs show (blocks of sh, bash and console) runs here, or says why not. How to say it:
 *
 *   <!-- not run: WHY -->     before the block
 *   <!-- exit code: 1 -->     where it ends with another one than 0
 *
 * What stands after `$ ...` in a console block, or in a text block right after (further below: <!-- printed above -->), is what the
 * commands print; `...` stands for anything. Files that the commands read are in test/docs/world/. What is not run is looked at all
 * the same: lbex parses its flags, scripts and paths must be there.
 */
import assert from 'node:assert/strict'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {missingProof, REASONS, troubleWith, verdictOn} from './judge.js'
import {pages, type Block} from './markdown.js'
import {isOutput, startSession, type Session} from './session.js'
import {commandLines, stepsOf, type CommandLine, type Step} from './shell.js'

const SHELLS = new Set(['sh', 'bash', 'shell', 'console'])

/** What can be typed at once, with what it is to print where that is shown. */
function stepsIn({
  language,
  text,
  output,
}: Block): readonly (Omit<Step, 'output'> & {readonly output?: string})[] {
  if (language === 'console') return stepsOf(text)
  return [{line: 0, command: text, ...(output !== undefined && {output})}]
}

function linesIn(block: Block): CommandLine[] {
  return stepsIn(block).flatMap((step) =>
    commandLines(step.command).map((command) => ({...command, line: step.line + command.line})),
  )
}

function remark({remarks}: Block, name: string): string | undefined {
  return remarks
    .find((text) => text.startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim()
}

/** Why the block is not run; undefined where it is. Throws where nobody says. */
function whyNotRun(block: Block): string | undefined {
  const said = remark(block, 'not run')
  if (said !== undefined) return said
  const reasons = linesIn(block).flatMap((command) => {
    const verdict = verdictOn(command)
    if (verdict.runs) return []
    if (verdict.why !== undefined) return [verdict.why]
    const advice = 'write <!-- not run: WHY --> before the block'
    throw new Error(
      `${placeOf(block, command.line)}: a test may not run ${command.words.join(' ')}; ${advice}`,
    )
  })
  return reasons.length === 0 ? undefined : [...new Set(reasons)].join('; ')
}

function placeOf({place}: Block, line: number): string {
  const [file, first] = place.split(':')
  return `${file}:${Number(first) + line}`
}

async function runBlock(block: Block, session: Session): Promise<void> {
  const steps = stepsIn(block)
  for (const [index, {line, command, output}] of steps.entries()) {
    const {stdout, stderr, exitCode} = await session.run(command)
    const place = placeOf(block, line)
    const printed = `It printed:\n${stdout}${stderr}`
    const expected = index === steps.length - 1 ? Number(remark(block, 'exit code') ?? 0) : 0
    const advice = `mend it, put what it reads into test/docs/world/, or write <!-- exit code: ${exitCode} --> or <!-- not run: WHY --> before the block`
    assert.equal(exitCode, expected, `${place}: it ends with ${exitCode}: ${advice}. ${printed}`)
    if (output !== undefined)
      assert.ok(
        isOutput(output, {stdout, stderr}),
        `${place}: what is shown is not what it prints. ${printed}`,
      )
  }
}

describe('docs: command lines', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let session: Session
  beforeEach(async () => {
    session = await startSession()
  })
  afterEach(() => session.end())

  const blocks = pages().flatMap((page) => page.blocks.filter(({language}) => SHELLS.has(language)))
  for (const block of blocks) {
    it(`${block.place} ${titleOf(block)}`, async () => {
      const why = whyNotRun(block)
      const troubles = await Promise.all(
        linesIn(block).map(async (command) => {
          const trouble = await troubleWith(command)
          return trouble === undefined ? [] : [`${placeOf(block, command.line)}: ${trouble}`]
        }),
      )
      assert.deepEqual(troubles.flat(), [])
      const missing = missingProof(why ?? '')
      assert.equal(missing, undefined, `${block.place}: there is no ${missing}, which is to run it`)
      if (why === undefined) await runBlock(block, session)
    })
  }

  it('that are not run for what they begin with are run by the test that is named', () => {
    assert.deepEqual(
      REASONS.flatMap((why) => missingProof(why) ?? []),
      [],
    )
  })
})

function titleOf(block: Block): string {
  try {
    const why = whyNotRun(block)
    return why === undefined ? 'runs' : `is not run: ${why}`
  } catch {
    return 'runs, or says why not'
  }
}
