use std::sync::Arc;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let settings =
        sluice_engine::Settings { provenance: std::env::var_os("PROV").is_some(), ..Default::default() };
    let engine = sluice_engine::Engine::new(settings, Default::default());
    let inputs = sluice_events::inputs::discover(&args[2..], &Default::default());
    for input in &inputs.inputs {
        eprintln!("{} {:?}", input.name, input.format);
    }
    let tally = Arc::default();
    match engine.run(&args[1], &inputs, &tally) {
        Ok(answer) => {
            println!("{:?}", answer.rows.fields());
            for row in answer.rows.iter().take(20) {
                println!(
                    "{:?}",
                    (0..answer.rows.fields().len())
                        .map(|i| row.cell(i).unwrap().text().map(|t| t.chars().take(60).collect::<String>()))
                        .collect::<Vec<_>>()
                );
            }
            eprintln!(
                "{} rows, {} events",
                answer.rows.len(),
                tally.events.load(std::sync::atomic::Ordering::Relaxed)
            );
        }
        Err(sluice_engine::Error::Query(d)) => println!("{d:#?}"),
        Err(e) => println!("{e}"),
    }
    eprintln!("{:?}", tally.losses());
}
