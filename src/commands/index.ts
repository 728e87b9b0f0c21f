/** Every command, by what the user types: the list that oclif reads. */
import Render from './render.js'
import Run from './run.js'

export const COMMANDS = {render: Render, run: Run}
