/// How pages look: on a desk, on a phone, in the dark, on paper.
enum ReportStyle {
  /// The style sheet.
  static let text: StaticString = #"""
    :root { --ground: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --panel: #f6f8fa; --accent: #0072b2; --mark: #fff3d6;
      --real: #0072b2; --fake: #d55e00; --uncertain: #e69f00; --p: #0072b2; --s: #d55e00; --trace: #30363d; color-scheme: light dark; }
    @media (prefers-color-scheme: dark) { :root { --ground: #14171a; --text: #e6e9ec; --quiet: #a3acb5; --line: #3a424a; --panel: #1d2126;
      --accent: #56b4e9; --mark: #3d3110; --p: #56b4e9; --s: #e69f00; --trace: #c9d1d9; } }
    * { box-sizing: border-box; }
    html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere; }
    header, main, footer { max-width: 1180px; margin: 0 auto; padding: 0 1.25rem; }
    header { padding-top: 1.5rem; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; }
    h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
    h3 { font-size: 1.03rem; margin: 1.4rem 0 .4rem; }
    p { margin: .5rem 0; max-width: 50rem; }
    .subtitle, figcaption, caption, .status, .interval, footer { color: var(--quiet); }
    nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .8rem 0 0; padding: 0; }
    a { color: var(--accent); }
    a:focus-visible, button:focus-visible, input:focus-visible, .scroll:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
    .skip { position: absolute; left: -100rem; }
    .skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .3rem .6rem; z-index: 3; }
    .note { background: var(--mark); border-left: 4px solid #e69f00; padding: .5rem .8rem; border-radius: 0 4px 4px 0; }
    .key-figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .7rem; margin: .8rem 0; padding: 0; }
    .key-figures > div { background: var(--panel); border: 1px solid var(--line); border-top: 4px solid var(--line); border-radius: 5px; padding: .55rem .75rem; }
    .key-figures dt { font-size: .88rem; color: var(--quiet); }
    .key-figures dd { margin: 0; }
    .key-figures .value { font-size: 1.55rem; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
    .key-figures .interval { font-size: .85rem; }
    .table-box { overflow-x: auto; margin: .7rem 0; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
    caption { text-align: left; padding: 0 0 .35rem; font-size: .9rem; }
    .table-box th, .table-box td { border-bottom: 1px solid var(--line); padding: .3rem .7rem; text-align: left; vertical-align: top; overflow-wrap: break-word; min-width: 4rem; }
    .table-box .number { text-align: right; white-space: nowrap; }
    .table-box thead th { border-bottom: 2px solid var(--line); white-space: normal; vertical-align: bottom; }
    .table-box tbody th { font-weight: 500; }
    .pictures { display: flex; flex-wrap: wrap; gap: 1.2rem; margin: .9rem 0; align-items: flex-start; }
    figure { margin: 0; max-width: 100%; }
    figure img { display: block; max-width: 100%; height: auto; background: #fff; border: 1px solid var(--line); border-radius: 4px; }
    figcaption { font-size: .88rem; margin-top: .3rem; max-width: 45rem; }
    .drawing { margin: .6rem 0; }
    .drawing svg { display: block; max-width: 100%; height: auto; }
    .drawing.wide { overflow-x: auto; }
    .drawing.wide svg { max-width: none; }
    .facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .6rem 0; font-size: .92rem; }
    .facts dt { color: var(--quiet); }
    .facts dd { margin: 0; }
    .group { border: 1px solid var(--line); border-radius: 5px; padding: .2rem 1rem .8rem; margin: 1rem 0; }
    details { margin: .6rem 0; }
    summary { cursor: pointer; }
    .swatch { display: inline-block; width: .72rem; height: .72rem; border-radius: 50%; margin: 0 .35rem 0 0; border: 1px solid rgba(0, 0, 0, .25); }
    .filters { display: flex; flex-wrap: wrap; gap: .5rem .9rem; align-items: end; margin: .6rem 0 .2rem; font-size: .9rem; }
    .filters fieldset { border: 1px solid var(--line); border-radius: 4px; padding: .1rem .6rem .35rem; margin: 0; display: flex; flex-wrap: wrap; gap: .1rem .8rem; }
    .filters legend { padding: 0 .3rem; color: var(--quiet); }
    .filters label { display: inline-flex; align-items: center; gap: .3rem; }
    .filters input[type=number] { width: 5.5rem; }
    .filters input, .filters button { font: inherit; padding: .2rem .4rem; }
    .status { font-size: .9rem; margin: .3rem 0; }
    .scroll { height: 31rem; max-height: 78vh; overflow: auto; border: 1px solid var(--line); border-radius: 4px; }
    .scroll table { table-layout: fixed; border-collapse: separate; border-spacing: 0; }
    .scroll caption { position: absolute; left: -100rem; }
    .scroll tr { height: 30px; }
    .scroll .space, .scroll .space td { height: 0; }
    .scroll th, .scroll td { height: 30px; padding: 0 .5rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; text-align: left; font-weight: 400; border-bottom: 1px solid var(--line); }
    .scroll .number { text-align: right; }
    .scroll thead th { position: sticky; top: 0; background: var(--panel); z-index: 1; padding: 0; }
    .scroll thead button { all: unset; box-sizing: border-box; display: block; width: 100%; padding: 0 .5rem; line-height: 29px; cursor: pointer; font-weight: 600; overflow: hidden; text-overflow: ellipsis; }
    .scroll thead button:focus-visible, .scroll tbody button:focus-visible { outline: 3px solid var(--accent); outline-offset: -3px; }
    .scroll th[aria-sort=ascending] button::after { content: " \25B2"; }
    .scroll th[aria-sort=descending] button::after { content: " \25BC"; }
    .scroll tbody button { all: unset; cursor: pointer; max-width: 100%; overflow: hidden; text-overflow: ellipsis; color: var(--accent); vertical-align: bottom; }
    .scroll tbody tr:hover > * { background: var(--panel); }
    .scroll tbody tr.chosen > * { background: var(--mark); }
    .detail { border: 1px solid var(--line); border-radius: 4px; padding: .3rem .9rem; margin-top: .5rem; font-size: .92rem; }
    .detail dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .4rem 0; }
    .detail dt { color: var(--quiet); }
    .detail dd { margin: 0; white-space: pre-wrap; }
    footer { font-size: .85rem; padding-top: 1rem; padding-bottom: 3rem; }
    svg text { font: 11px system-ui, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; fill: var(--text); }
    svg .small { font-size: 10px; fill: var(--quiet); }
    svg .p-word { fill: var(--p); font-weight: 600; }
    svg .s-word { fill: var(--s); font-weight: 600; }
    svg path, svg rect { fill: none; }
    svg .axis { stroke: var(--quiet); stroke-width: 1; }
    svg .grid { stroke: var(--line); stroke-width: 1; }
    svg .trace { stroke: var(--trace); stroke-width: .7; stroke-linejoin: round; }
    svg .p-pick { stroke: var(--p); stroke-width: 2.2; }
    svg .s-pick { stroke: var(--s); stroke-width: 2.2; }
    svg .p-line { stroke: var(--p); stroke-width: 1.3; stroke-dasharray: 4 3; }
    svg .s-line { stroke: var(--s); stroke-width: 1.3; stroke-dasharray: 4 3; }
    @media (max-width: 640px) {
      header, main, footer { padding-left: .8rem; padding-right: .8rem; }
      h1 { font-size: 1.35rem; }
      .key-figures { grid-template-columns: repeat(2, 1fr); gap: .45rem; }
      .key-figures .value { font-size: 1.25rem; }
      .facts, .detail dl { grid-template-columns: 1fr; gap: 0; }
      .facts dd, .detail dd { margin-bottom: .4rem; }
      .table-box.wide table, .table-box.wide caption, .table-box.wide tbody, .table-box.wide tr, .table-box.wide tbody th { display: block; }
      .table-box.wide thead { position: absolute; left: -100rem; }
      .table-box.wide tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
      .table-box.wide tbody th, .table-box.wide td { border: 0; padding: .05rem 0; min-width: 0; text-align: left; white-space: normal; }
      .table-box.wide tbody th { font-weight: 600; }
      .table-box.wide td { display: grid; grid-template-columns: 8.5rem 1fr; gap: .6rem; }
      .table-box.wide td::before { content: attr(data-heading); color: var(--quiet); }
      .filters input[type=search] { width: 100%; }
      .filters > label { width: 100%; flex-wrap: wrap; }
      .filters input, .filters button { padding: .35rem .4rem; }
    }
    @media print {
      :root { --ground: #fff; --text: #000; --quiet: #444; --line: #bbb; --panel: #fff; --mark: #fff; --p: #0072b2; --s: #d55e00; --trace: #000; }
      html { font-size: 10pt; }
      header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
      nav, .filters, .detail, .skip { display: none; }
      .scroll { height: auto; max-height: none; overflow: visible; border: 0; }
      .scroll table { width: 100% !important; }
      .scroll thead th { position: static; }
      figure, .group, .key-figures > div, tr { break-inside: avoid; }
      h2, h3 { break-after: avoid; }
      details:not([open]) > * { display: block; }
    }
    """#

  /// How a drawing looks in a file of its own.
  static let drawing: StaticString = #"""
    text { font: 11px "Liberation Sans", Arial, sans-serif; fill: #1b1f24; } .small { font-size: 10px; fill: #57606a; }
    .p-word { fill: #0072b2; font-weight: 600; } .s-word { fill: #d55e00; font-weight: 600; } path, rect { fill: none; }
    .axis { stroke: #57606a; } .grid { stroke: #d0d7de; } .trace { stroke: #30363d; stroke-width: .7; stroke-linejoin: round; }
    .p-pick { stroke: #0072b2; stroke-width: 2.2; } .s-pick { stroke: #d55e00; stroke-width: 2.2; }
    .p-line { stroke: #0072b2; stroke-width: 1.3; stroke-dasharray: 4 3; } .s-line { stroke: #d55e00; stroke-width: 1.3; stroke-dasharray: 4 3; }
    """#
}
