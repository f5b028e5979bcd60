// The panels, as records of hooks (`Panel` in types.d.ts), and how they are told of what happens.

export class Hooks {
  /** The panels, in the order in which they are told. @type {Panel[]} */
  panels = [];

  /**
   * Tells the panels what has happened.
   * @template {keyof Panel} Hook
   * @param {Hook} hook
   * @param {Parameters<NonNullable<Panel[Hook]>>} given
   */
  tell(hook, ...given) {
    for (const panel of this.panels) /** @type {any} */ (panel)[hook]?.(...given);
  }

  /**
   * Tells one panel after the other, each when the one before has drawn.
   * @template {keyof Panel} Hook
   * @param {Hook} hook
   * @param {Parameters<NonNullable<Panel[Hook]>>} given
   */
  async tellInTurn(hook, ...given) {
    for (const panel of this.panels) await /** @type {any} */ (panel)[hook]?.(...given);
  }

  /**
   * @template {keyof Panel} Hook
   * @param {Hook} hook
   * @param {Parameters<NonNullable<Panel[Hook]>>} given
   * @returns {NonNullable<ReturnType<NonNullable<Panel[Hook]>>>[]} what the panels answer, without those that have nothing
   */
  collect(hook, ...given) {
    const answers = this.panels.map((panel) => /** @type {any} */ (panel)[hook]?.(...given));
    return answers.filter((answer) => answer !== undefined && answer !== null);
  }
}
