/** How the demo tells what it does. */
let steps = 0

export function step(title: string): void {
  steps += 1
  console.log(`\n${steps}. ${title}\n`)
}

export function say(text: string): void {
  console.log(text.trimEnd().replaceAll(/^(?=.)/gm, '   '))
}

const BAR = 40

/** A title and a line for each name: its count, and a bar as long as its share. */
export function table(title: string, counts: ReadonlyMap<string, number>): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const lines = [...counts].sort().map(([name, count]) => {
    const bar = '#'.repeat(Math.round((count / Math.max(1, total)) * BAR))
    return `  ${name.padEnd(20)} ${String(count).padStart(5)}  ${bar}`
  })
  return [title, ...lines].join('\n')
}
