extension LiteraturePage {
  /// Colours after Okabe and Ito (2008), which the colour-blind can tell apart.
  static let style = """
    :root { --ink: #1c2530; --faint: #5b6673; --line: #d5dbe1; --paper: #ffffff; --shade: #f3f6f8; --mark: #0072b2; --ours: #d55e00; }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 76rem; padding: 1rem 1.25rem 3rem; font: 16px/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: var(--ink); background: var(--paper); }
    h1 { font-size: 1.6rem; line-height: 1.2; margin: .3rem 0 .6rem; }
    h2 { font-size: 1.15rem; margin: 1.8rem 0 .4rem; }
    p { margin: .3rem 0 .6rem; }
    .small { font-size: .87rem; color: var(--faint); }
    .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem; }
    figure { margin: 0; position: relative; }
    svg { display: block; width: 100%; font: 12px system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
    svg text { fill: var(--ink); }
    svg .faint { fill: var(--faint); }
    svg [tabindex] { cursor: pointer; outline: none; }
    svg [tabindex]:focus-visible rect { stroke: var(--ink); stroke-width: 2.5; }
    button, input[type=search] { font: inherit; font-size: .9rem; color: inherit; background: var(--paper); border: 1px solid #9aa5b1; border-radius: 4px; padding: .25rem .6rem; }
    button { cursor: pointer; } button:hover { background: var(--shade); }
    .save { margin-top: .35rem; font-size: .78rem; color: var(--faint); border-color: var(--line); }
    #path { min-height: 1.9rem; font-size: .92rem; }
    #path button { border: 0; padding: .1rem .2rem; color: var(--mark); text-decoration: underline; background: none; }
    .controls { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; align-items: center; }
    #search { min-width: 14rem; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: .87rem; }
    th, td { text-align: left; vertical-align: top; padding: .35rem .55rem; border-bottom: 1px solid var(--line); }
    th { background: var(--shade); white-space: nowrap; }
    th button { border: 0; background: none; padding: 0; font-weight: 600; }
    td.number, th.number { text-align: right; white-space: nowrap; }
    tr.ours td:first-child { box-shadow: inset 4px 0 var(--ours); }
    .badge { display: inline-block; margin-right: .4rem; padding: 0 .35rem; border-radius: 3px; background: var(--ours); color: #fff; font-size: .75rem; font-weight: 600; }
    summary { cursor: pointer; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .4rem 0 .2rem; color: var(--faint); }
    dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
    @media (max-width: 760px) {
      body { padding: .6rem .8rem 2rem; }
      .pair { display: block; }
      #search { min-width: 0; width: 100%; }
      .controls label:first-child { width: 100%; }
      #papers thead { display: none; }
      #papers, #papers tbody, #papers tr, #papers td { display: block; width: 100%; }
      #papers tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
      #papers tr.ours { border-left: 4px solid var(--ours); padding-left: .5rem; }
      #papers tr.ours td:first-child { box-shadow: none; }
      #papers td { border: 0; padding: .05rem 0; text-align: left; }
      #papers td[data-name]::before { content: attr(data-name) ": "; color: var(--faint); }
      #papers td:empty { display: none; }
      dl { display: block; }
    }
    @media print {
      body { max-width: none; font-size: 11px; } .controls, #more, .save, #path button { display: none; }
      section, figure { break-inside: avoid-page; } #papers { break-inside: auto; }
    }
    """
}
