/** The Dockerfile as a list of instructions: enough of its language for ours. Pure. */
export type Instruction = {readonly name: string; readonly value: string}

export function instructionsOf(text: string): Instruction[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
  return lines.filter((line) => line.trim() !== '').map(instructionOf)
}

/** Those of the last stage, whose first is FROM. */
export function finalStage(instructions: readonly Instruction[]): Instruction[] {
  return instructions.slice(instructions.findLastIndex(({name}) => name === 'FROM'))
}

function instructionOf(line: string): Instruction {
  const [name = ''] = line.split(' ', 1)
  return {name, value: line.slice(name.length).trim()}
}
