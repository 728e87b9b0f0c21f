/** Every command, by what the user types: the list that oclif reads. */
import Drain from './drain.js'
import Render from './render.js'
import Run from './run.js'

export const COMMANDS = {drain: Drain, render: Render, run: Run}
