namespace ActorSnn.Reports;

/// <summary>The style sheet of report pages.</summary>
internal static class PageStyle
{
    public const string Css = """
        :root{color-scheme:light dark;--page:#f6f8fa;--card:#fff;--text:#1b2733;--soft:#57606a;--rule:#d8dee4;--link:#0072b2}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0 auto;padding:28px 24px 40px;max-width:1160px;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
        h1{font-size:26px;line-height:1.2;margin:0 0 4px}
        h2{font-size:19px;margin:36px 0 4px}
        h3{font-size:14px;margin:0 0 10px}
        p{margin:0 0 12px;color:var(--soft);max-width:80ch}
        a{color:var(--link)}
        nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:16px}
        dl,dd,dt,figure{margin:0}
        dt{color:var(--soft);font-size:12.5px}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(135px,1fr));gap:10px;margin-top:16px}
        .figures div{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:10px 14px}
        .figures dd{font-size:21px;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
        .blocks{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,420px),1fr));gap:14px;align-items:start}
        figure,.facts{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:14px 16px;min-width:0}
        .wide,.facts{grid-column:1/-1}
        figcaption{color:var(--soft);font-size:13px;margin-top:8px;max-width:80ch}
        svg{display:block;font-family:inherit}
        svg.scales{width:100%;max-width:560px;height:auto}
        .pan{display:flex}
        .pan>svg{flex:none}
        .scroll{overflow-x:auto;min-width:0}
        .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,150px),1fr));gap:8px 22px}
        .facts dd{overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
        table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:4px 14px 4px 0;border-bottom:1px solid var(--rule);white-space:nowrap}
        th{color:var(--soft);font-weight:500}
        .number{text-align:right}
        footer{margin-top:36px;color:var(--soft);font-size:12.5px}
        @media screen and (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#161b22;--text:#e6edf3;--soft:#9aa5b1;--rule:#30363d;--link:#56b4e9}}
        @media (max-width:600px){body{padding:18px 12px 28px}figure,.facts{padding:12px}h1{font-size:22px}}
        @media print{body{background:#fff;max-width:none;padding:0}nav{display:none}figure{break-inside:avoid}.scroll{overflow:visible}.pan{zoom:.6}}

        """;
}
