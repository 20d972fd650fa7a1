/// How the page looks: light or dark as the reader's system is, one column on a phone, black on white on paper.
enum ReportStyle {
  /// Nothing in it is special to XML.
  static let css: HTML = """
    :root {
      color-scheme: light dark;
      --page: #f4f5f7; --panel: #ffffff; --line: #dfe3e8; --text: #1b212b; --muted: #586273;
      --curve: #2a68ad; --alert: #c0341d; --alert-tint: #c0341d2e; --scene: #7446ae; --scene-tint: #7446ae26;
      --learned: #5a677814; --quiet: #23774a; --warn: #8f5b00; --on-badge: #ffffff;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #11151a; --panel: #191f27; --line: #2c3541; --text: #e7eaef; --muted: #9ca7b6;
        --curve: #6fadea; --alert: #ff8068; --alert-tint: #ff806838; --scene: #bd99f0; --scene-tint: #bd99f030;
        --learned: #9ca7b61c; --quiet: #62c08c; --warn: #e3b04b; --on-badge: #14181e;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--page); color: var(--text);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
    }
    main, footer { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
    header { padding: 36px 0 20px; }
    h1 { margin: 0 0 18px; font-size: 28px; line-height: 1.2; font-weight: 650; overflow-wrap: anywhere; }
    h2 { margin: 0; font-size: 17px; font-weight: 650; }
    h3 { margin: 0 0 14px; font-size: 17px; font-weight: 650; }
    p { margin: 0; }
    a { color: inherit; }
    a:focus-visible { outline: 2px solid var(--curve); outline-offset: 2px; }
    code { font: 0.92em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
    .kicker { color: var(--muted); font-size: 13px; letter-spacing: 0.02em; }
    .facts { display: flex; flex-wrap: wrap; gap: 12px 32px; margin: 0; }
    .facts div { min-width: 0; }
    dt { color: var(--muted); font-size: 13px; }
    dd { margin: 0; overflow-wrap: anywhere; }
    .panel, .verdict, .losses {
      background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 20px 24px;
      margin: 0 0 18px;
    }
    .verdict { border-left: 5px solid var(--muted); }
    .verdict.alerting { border-left-color: var(--alert); }
    .verdict.quiet { border-left-color: var(--quiet); }
    .verdict .headline { font-size: 21px; line-height: 1.3; font-weight: 650; }
    .verdict p + p { color: var(--muted); margin-top: 2px; }
    .losses { border-left: 5px solid var(--warn); overflow-wrap: anywhere; }

    .bar { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 4px 16px; }
    #readout { color: var(--muted); font-variant-numeric: tabular-nums; min-height: 1.5em; }
    .chart { padding: 6px 18px 0 26px; }
    .chart svg { display: block; overflow: visible; }
    .chart svg svg { display: inline; }
    .grid { stroke: var(--line); stroke-width: 1; }
    .tick, .note { fill: var(--muted); font-size: 12px; font-variant-numeric: tabular-nums; }
    .learned { fill: var(--learned); }
    .alert { fill: var(--alert-tint); stroke: var(--alert); stroke-opacity: 0.45; vector-effect: non-scaling-stroke; }
    .alert.scene { fill: var(--scene-tint); stroke: var(--scene); stroke-dasharray: 4 3; }
    a:hover .alert { stroke-opacity: 1; }
    .curve { fill: none; stroke: var(--curve); stroke-width: 1.75; stroke-linejoin: round;
      vector-effect: non-scaling-stroke; pointer-events: none; }
    .curve.dense { stroke-width: 1; }
    .curve.low { stroke: var(--alert); }
    .threshold { stroke: var(--alert); stroke-width: 1.25; stroke-dasharray: 5 4; pointer-events: none; }
    .label { fill: var(--alert); font-size: 13px; font-weight: 700; }
    .label.scene { fill: var(--scene); }
    .cursor { stroke: var(--muted); stroke-width: 1; pointer-events: none; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; margin: 12px 0 0; padding: 0 0 0 26px;
      color: var(--muted); font-size: 13px; }
    .key { display: inline-block; width: 18px; height: 12px; margin-right: 7px; vertical-align: -1px; }
    .curve-key { height: 0; border-top: 2px solid var(--curve); vertical-align: 4px; }
    .threshold-key { height: 0; border-top: 2px dashed var(--alert); vertical-align: 4px; }
    .alert-key { background: var(--alert-tint); border: 1px solid var(--alert); }
    .scene-key { background: var(--scene-tint); border: 1px dashed var(--scene); }
    .learned-key { background: var(--learned); border: 1px solid var(--line); }

    .scroll { overflow: auto; max-height: 430px; margin-top: 10px; }
    table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th, td { padding: 8px 16px 8px 0; text-align: left; white-space: nowrap; border-top: 1px solid var(--line); }
    thead th { color: var(--muted); font-size: 13px; font-weight: 400; border-top: 0; padding-top: 0;
      position: sticky; top: 0; background: var(--panel); }
    tbody th a { text-decoration: none; }
    tbody tr:hover { background: var(--learned); }
    .badge { display: inline-block; min-width: 26px; padding: 1px 7px; border-radius: 13px; text-align: center;
      background: var(--alert); color: var(--on-badge); font-size: 13px; font-weight: 700; }
    .badge.scene { background: var(--scene); }
    .regularity { display: inline-flex; align-items: center; gap: 10px; font-variant-numeric: tabular-nums; }
    .meter { position: relative; width: 72px; height: 6px; border-radius: 3px; background: var(--line); }
    .fill { position: absolute; inset: 0 auto 0 0; border-radius: 3px; background: var(--alert); }
    .notch { position: absolute; top: -3px; bottom: -3px; width: 2px; margin-left: -1px; background: var(--text); }

    .card { content-visibility: auto; contain-intrinsic-size: auto 560px; scroll-margin-top: 16px; }
    .card:target { border-color: var(--curve); box-shadow: 0 0 0 1px var(--curve); }
    .card h3 .badge { margin-right: 6px; vertical-align: 2px; }
    .pictures { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; margin-top: 18px; }
    figure { margin: 0; min-width: 0; }
    figcaption { margin-top: 6px; color: var(--muted); font-size: 13px; }
    .frame { position: relative; overflow: hidden; border-radius: 6px; background: var(--line); }
    .frame img { display: block; width: 100%; height: auto; }
    .box { position: absolute; border: 2px solid #ffd21f; outline: 1px solid #000000a0; border-radius: 2px; }
    .missing { display: grid; place-items: center; min-height: 160px; padding: 20px; text-align: center;
      border: 1px dashed var(--line); border-radius: 6px; color: var(--muted); overflow-wrap: anywhere; }
    .people > p { color: var(--muted); font-size: 13px; margin: 6px 0 14px; }
    .people ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 18px 26px;
      grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); }
    .people li { display: flex; gap: 16px; align-items: flex-start; scroll-margin-top: 16px; }
    .people li:target .crop { outline: 3px solid var(--curve); }
    .people h3 { margin: 0 0 2px; font-size: 15px; }
    .people .crop { height: 150px; width: auto; min-width: 48px; border-radius: 6px; background: var(--line); }
    .people .crop.small { height: 68px; min-width: 26px; border-radius: 4px; }
    .people .missing { min-height: 0; padding: 4px; font-size: 11px; }
    .muted { color: var(--muted); font-size: 13px; }
    .neighbours { display: flex; gap: 10px; margin-top: 8px; }
    .neighbours figcaption { margin-top: 2px; font-size: 11px; }
    footer { padding-top: 14px; padding-bottom: 48px; color: var(--muted); font-size: 13px; }
    footer h2 { font-size: 14px; }
    footer p { max-width: 76ch; margin: 4px 0 14px; }

    @media (max-width: 640px) {
      main, footer { padding-left: 12px; padding-right: 12px; }
      header { padding-top: 22px; }
      h1 { font-size: 22px; }
      .panel, .verdict, .losses { padding: 16px; }
      .pictures { grid-template-columns: 1fr; }
      td .meter, .spare { display: none; }
    }
    @media print {
      :root { --page: #ffffff; --panel: #ffffff; --line: #cfd4da; --text: #000000; --muted: #444444;
        --curve: #1f5a9c; --alert: #b02a14; --alert-tint: #b02a1430; --scene: #6a3ea2; --scene-tint: #6a3ea228;
        --quiet: #23774a; --warn: #8f5b00; --on-badge: #ffffff; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      #readout { display: none; }
      .card { content-visibility: visible; }
      .scroll { max-height: none; overflow: visible; }
      .card, .panel, tr { break-inside: avoid; }
    }
    """
}
